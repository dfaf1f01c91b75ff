// Keeps the acts of a picture in this browser, so that a reload loses nothing. Without storage nothing else changes.
((painter) => {
  "use strict";
  const DATABASE = "painter";
  const DAYS = 30;
  const PICTURES = 40;
  const BYTES = 400 * 2 ** 20;
  const WAIT_MS = 3000; // a storage that does not answer is none

  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  function end(transaction) {
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    ended.catch(() => {}); // who waits for it hears of it; nobody may have come so far
    return ended;
  }

  function openDatabase() {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("pictures", { keyPath: "name" });
      request.result.createObjectStore("acts"); // by [name of the picture, number]
    };
    const late = new Promise((_, reject) => { setTimeout(reject, WAIT_MS, new Error("no answer")); });
    return Promise.race([answer(request), late]);
  }

  const actsOf = (name, from = 0) => IDBKeyRange.bound([name, from], [name, Infinity]);
  const sizeOf = (act) => act.changes.reduce((sum, { after }) => sum + after.bytes.length, 0);
  const stored = ({ source, changes }) => ({ source, changes: changes.map(({ index, after }) => ({ index, after })) });

  class Memory {
    constructor(name) {
      this.name = name;
      this.tab = `${Date.now()}-${Math.random()}`;
      this.from = Infinity; // acts from here on are not written yet
      this.isDue = false;
      this.writing = Promise.resolve();
    }

    transact(mode) {
      const transaction = this.database.transaction(["pictures", "acts"], mode);
      return { transaction, pictures: transaction.objectStore("pictures"), acts: transaction.objectStore("acts") };
    }

    /** What was kept, as {list, done}, or nothing. */
    async read() {
      try {
        this.database = await openDatabase();
        this.database.onversionchange = () => this.database.close();
        const { pictures, acts } = this.transact("readonly");
        const [picture, list] = await Promise.all([answer(pictures.get(this.name)), answer(acts.getAll(actsOf(this.name)))]);
        this.tidy(PICTURES).catch(() => {});
        return picture && list.length >= picture.count ? { list: list.slice(0, picture.count), done: picture.done } : null;
      } catch {
        return null;
      }
    }

    /** Writes the acts from that number on; what comes while one writing is under way goes with the next. */
    keep(acts, from) {
      if (!this.database) return this.writing;
      this.from = Math.min(this.from, from);
      if (!this.isDue) {
        this.isDue = true;
        this.writing = this.writing.then(() => this.write(acts)).catch(() => this.makeRoom(acts)).catch(() => {});
      }
      return this.writing;
    }

    async write({ list, done }) {
      const changed = this.from;
      Object.assign(this, { isDue: false, from: Infinity });
      const open = list.findIndex((act) => act.open.size);
      const whole = open < 0 ? list : list.slice(0, open);
      const { transaction, pictures, acts } = this.transact("readwrite");
      const ended = end(transaction);
      const known = await answer(pictures.get(this.name));
      // Another tab has written since: its acts and ours do not follow from each other.
      const from = known?.by === this.tab ? Math.min(changed, whole.length) : 0;
      acts.delete(actsOf(this.name, from));
      for (let at = from; at < whole.length; at += 1) acts.put(stored(whole[at]), [this.name, at]);
      const bytes = whole.reduce((sum, act) => sum + sizeOf(act), 0);
      pictures.put({ name: this.name, by: this.tab, at: Date.now(), count: whole.length, done: Math.min(done, whole.length), bytes });
      await ended;
    }

    // The storage is full: the older half of the pictures makes room for this one.
    async makeRoom(acts) {
      this.from = 0;
      const count = await answer(this.transact("readonly").pictures.count());
      await this.tidy(Math.floor(count / 2));
      await this.write(acts);
    }

    async tidy(most) {
      const { transaction, pictures, acts } = this.transact("readwrite");
      const ended = end(transaction);
      const all = (await answer(pictures.getAll())).sort((one, other) => other.at - one.at);
      const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
      let kept = 0;
      let bytes = 0;
      for (const { name, at, bytes: own } of all) {
        bytes += own;
        kept += 1;
        if (name === this.name || (at > oldest && kept <= most && bytes <= BYTES)) continue;
        pictures.delete(name);
        acts.delete(actsOf(name));
      }
      await ended;
    }
  }

  Object.assign(painter.parts, { Memory });
})(window.painter ??= { parts: {} });
