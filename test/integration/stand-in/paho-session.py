"""A device that leaves messages unacknowledged, is cut off, and comes back to its session: what paho makes of the stand-in.

Arguments: port, MQTT version (4 or 5), client id, user name, password, topic. Prints a JSON document.
"""
import json
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

port, version, client_id, username, password, topic = sys.argv[1:7]
is5 = version == "5"
WAIT_SEC = 20


class Device:
    def __init__(self, wanted):
        self.heard, self.codes = [], {}
        self.connected, self.subscribed, self.all_there = (threading.Event() for _ in range(3))
        options = {} if is5 else {"clean_session": False}
        self.client = client = mqtt.Client(client_id, protocol=mqtt.MQTTv5 if is5 else mqtt.MQTTv311, **options)
        client.username_pw_set(username, password)
        client.on_connect, client.on_subscribe, client.on_message = self.on_connect, self.on_subscribe, self.on_message
        self.wanted = wanted
        properties = {}
        if is5:
            expiry = Properties(PacketTypes.CONNECT)
            expiry.SessionExpiryInterval = 300
            expiry.UserProperty = ("who", "paho")
            properties = {"clean_start": False, "properties": expiry}
        client.connect("127.0.0.1", int(port), 60, **properties)
        client.loop_start()
        assert self.connected.wait(WAIT_SEC), "no CONNACK"

    def on_connect(self, client, userdata, flags, code, properties=None):
        self.codes["connack"] = code.value if is5 else code
        self.present = flags["session present"]
        self.limits = properties.json() if is5 else {}
        self.connected.set()

    def on_subscribe(self, client, userdata, mid, granted, properties=None):
        self.codes["suback"] = [code.value for code in granted] if is5 else list(granted)
        self.subscribed.set()

    def on_message(self, client, userdata, message):
        self.heard.append([message.payload.decode(), bool(message.dup)])
        if len(self.heard) == self.wanted:
            self.all_there.set()

    def facts(self):
        return {"present": self.present, "limits": self.limits, "heard": self.heard, **self.codes}


first = Device(3)
first.client.subscribe(topic, 1)
assert first.subscribed.wait(WAIT_SEC), "no SUBACK"
# What is received is not acknowledged: the library would write it here.
first.client._send_puback = lambda mid: mqtt.MQTT_ERR_SUCCESS
for n in range(3):
    first.client.publish(topic, f"message {n}", 1)
assert first.all_there.wait(WAIT_SEC), "messages are missing"
first.client.loop_stop()
first.client._sock.close()
again = Device(3)
assert again.all_there.wait(WAIT_SEC), "nothing was kept"
again.client.disconnect()
again.client.loop_stop()
print(json.dumps([first.facts(), again.facts()]))
