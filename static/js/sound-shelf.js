// What was recorded and is not on the server yet, kept in this browser: a tab that is closed without a connection loses nothing of it.
(() => {
  "use strict";
  const NAME = "recordings";
  let opening = null;

  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  function open() {
    if (opening) return opening;
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("begun", { keyPath: "key" });
      request.result.createObjectStore("slices", { keyPath: ["key", "from"] });
    };
    opening = done(request);
    return opening;
  }

  const ofKey = (key, least = 0) => IDBKeyRange.bound([key, least], [key, Infinity]);

  // A browser that keeps nothing (a private window) records all the same.
  const quietly = (act) => async (...values) => {
    try {
      return await act(...values);
    } catch {
      return undefined;
    }
  };
  async function store(name, mode) {
    return (await open()).transaction(name, mode).objectStore(name);
  }

  window.soundShelf = {
    begin: quietly(async (begun) => done((await store("begun", "readwrite")).put(begun))),
    put: quietly(async (key, from, blob) => done((await store("slices", "readwrite")).put({ key, from, blob }))),
    // All before this byte are on the server. The first one stays: without it the others could not be read.
    drop: quietly(async (key, upTo) => done((await store("slices", "readwrite")).delete(IDBKeyRange.bound([key, 0], [key, upTo], true, true)))),
    forget: quietly(async (key) => {
      await done((await store("slices", "readwrite")).delete(ofKey(key)));
      await done((await store("begun", "readwrite")).delete(key));
    }),
    begun: quietly(async () => done((await store("begun", "readonly")).getAll())),
    slices: quietly(async (key) => done((await store("slices", "readonly")).getAll(ofKey(key)))),
  };
})();
