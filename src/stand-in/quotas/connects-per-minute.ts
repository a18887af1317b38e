/** CONNECTs of each device within a minute, and the most that any one made: the platform's limit is per minute and device. */

const WINDOW_US = 60_000_000;

export class ConnectRate {
  /** The times of each device's CONNECTs in the window that ends with its latest one. */
  private readonly times = new Map<string, number[]>();
  max = 0;

  /**
   * Returns how many the device has made with this one in the minute that ends now. `nowUs` never goes back. The window is open at its
   * far end: CONNECTs exactly a minute apart are not in one.
   */
  count(device: string, nowUs: number): number {
    const times = this.times.get(device);
    if (times === undefined) {
      this.times.set(device, [nowUs]);
    } else {
      times.push(nowUs);
      while (times[0]! <= nowUs - WINDOW_US) times.shift();
    }
    const inMinute = times?.length ?? 1;
    this.max = Math.max(this.max, inMinute);
    return inMinute;
  }
}
