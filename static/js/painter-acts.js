// What was done to the coverage, one act after the other: each can be undone and done again, however many there are.
((painter) => {
  "use strict";
  const SLICE_MS = 6; // packing squares takes no more of a frame

  function isSame(one, other) {
    if (one.length !== other.length) return false;
    for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
    return true;
  }

  class Acts {
    /**
     * An act is {source, changes: [{index, before, after}], open: Map}; `open` has the squares that are not packed yet.
     * `changed(box)` is called after undo, redo and cancel, `settled(from)` when all before and at `from` is packed again.
     */
    constructor(tiles) {
      this.tiles = tiles;
      this.list = [];
      this.done = 0;
      this.current = null;
      this.owners = new Map(); // square -> the act that changed it last and has not packed it
      this.changed = () => {};
      this.settled = () => {};
      tiles.beforeChange = (tile) => this.touch(tile);
    }

    get canUndo() { return this.done > 0; }
    get canRedo() { return this.done < this.list.length; }

    begin(source = "") {
      this.cancel();
      this.current = { source, changes: [], open: new Map() };
    }

    touch(tile) {
      const owner = this.owners.get(tile);
      if (owner === this.current && owner) return;
      if (owner) this.settleTile(tile);
      this.current.open.set(tile, tile.kept);
      this.owners.set(tile, this.current);
    }

    commit() {
      const act = this.current;
      this.current = null;
      if (!act?.open.size) return;
      this.list.length = this.done;
      this.list.push(act);
      this.done += 1;
      this.settleSoon();
    }

    cancel() {
      const act = this.current;
      this.current = null;
      if (!act) return;
      for (const [tile, before] of act.open) {
        tile.restore(before);
        this.owners.delete(tile);
      }
      // A square that an earlier act had left open was packed when this one touched it, so all is as it was.
      this.changed([...act.open.keys()]);
    }

    settleTile(tile) {
      const act = this.owners.get(tile);
      const before = act.open.get(tile);
      this.owners.delete(tile);
      act.open.delete(tile);
      const after = tile.keep();
      if (!isSame(before.bytes, after.bytes)) act.changes.push({ index: tile.index, before, after });
      if (!act.open.size && act !== this.current) this.close(act);
    }

    // What changed nothing, such as erasing where nothing was, is no step to undo.
    close(act) {
      const at = this.list.indexOf(act);
      if (at < 0) return;
      if (!act.changes.length) {
        this.list.splice(at, 1);
        if (at < this.done) this.done -= 1;
      }
      this.settled(at);
    }

    /** Packs all that finished acts have left open. */
    settle() {
      for (const [tile, act] of [...this.owners]) if (act !== this.current) this.settleTile(tile);
    }

    settleSoon() {
      this.timer ??= setTimeout(() => {
        this.timer = null;
        const end = performance.now() + SLICE_MS;
        for (const [tile, act] of this.owners) {
          if (act === this.current) continue;
          if (performance.now() > end) { this.settleSoon(); return; }
          this.settleTile(tile);
        }
      }, 0);
    }

    undo() {
      if (this.current) { this.cancel(); return; }
      this.settle();
      if (!this.canUndo) return;
      this.done -= 1;
      this.apply(this.list[this.done], "before");
    }

    redo() {
      if (this.current) return;
      this.settle();
      if (!this.canRedo) return;
      this.done += 1;
      this.apply(this.list[this.done - 1], "after");
    }

    apply(act, side) {
      const tiles = act.changes.map((change) => {
        const tile = this.tiles.all[change.index];
        tile.restore(change[side]);
        return tile;
      });
      this.changed(tiles);
      this.settled(this.list.length);
    }

    /** Acts as the memory has them: [{source, changes: [{index, after}]}], of which the first `done` are in force. */
    recall(list, done) {
      if (!list.every(({ changes }) => changes.every(({ index }) => index in this.tiles.all))) return; // squares were cut otherwise then
      const latest = new Map();
      this.list = list.map(({ source, changes }) => ({
        source,
        open: new Map(),
        changes: changes.map(({ index, after }) => {
          const before = latest.get(index) ?? this.tiles.all[index].kept;
          latest.set(index, after);
          return { index, before, after };
        }),
      }));
      this.done = done;
      const inForce = new Map(this.list.slice(0, done).flatMap(({ changes }) => changes.map(({ index, after }) => [index, after])));
      for (const [index, after] of inForce) this.tiles.all[index].restore(after);
    }
  }

  Object.assign(painter.parts, { Acts });
})(window.painter ??= { parts: {} });
