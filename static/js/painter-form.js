// The mask and the form: what is painted goes along with it as a file, and masks that the server sends come onto the stage.
((painter) => {
  "use strict";
  const { writePng } = painter.parts;
  const TWICE_MS = 1500; // a second press so soon is the same one
  const SLOW_MS = 150; // quicker than that nothing needs to be said

  /** A picture from the server, ready to be drawn. Rejects when it is none. */
  async function fetchMask(address) {
    const image = new Image();
    image.src = address;
    await image.decode();
    return createImageBitmap(image);
  }

  /** Its alpha becomes the coverage, as one act; another size is fitted. */
  function putMask(bitmap, address, tiles, acts) {
    const [x, y] = [bitmap.width / tiles.width, bitmap.height / tiles.height];
    const part = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    acts.begin(address);
    tiles.paint(tiles.box, (context, tile) => {
      Object.assign(part.canvas, { width: tile.width, height: tile.height });
      part.drawImage(bitmap, tile.x * x, tile.y * y, tile.width * x, tile.height * y, 0, 0, tile.width, tile.height);
      part.globalCompositeOperation = "source-in";
      part.fillStyle = "#fff";
      part.fillRect(0, 0, tile.width, tile.height);
      context.fillStyle = "#000";
      context.fillRect(tile.x, tile.y, tile.width, tile.height);
      context.drawImage(part.canvas, tile.x, tile.y);
    });
    acts.commit();
  }

  class MaskForm {
    /** `size` is that of the picture; `words` are what a button says while the mask is prepared; `lose` tells that it failed. */
    constructor(form, field, { tiles, acts, size, words, lose }) {
      Object.assign(this, { form, field, tiles, acts, size, words, lose });
      this.state = "idle"; // "preparing", then "passing" while the form goes on its way, then "sent" for a moment
      form.addEventListener("submit", (event) => this.submit(event), true);
      form.addEventListener("htmx:afterRequest", () => { if (this.state === "sent") this.state = "idle"; });
      addEventListener("pageshow", () => { this.state = "idle"; });
    }

    submit(event) {
      if (this.state === "passing") { this.sent(); return; }
      const isOnItsWay = this.state !== "idle";
      if (!isOnItsWay && this.isEmpty()) {
        this.field.value = "";
        this.sent();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation(); // htmx, which listens too, waits for the second time
      if (!isOnItsWay) this.prepare(event.submitter);
    }

    isEmpty() {
      this.acts.settle();
      return this.tiles.percent === 0;
    }

    sent() {
      this.state = "sent";
      setTimeout(() => { if (this.state === "sent") this.state = "idle"; }, TWICE_MS);
    }

    async prepare(button) {
      this.state = "preparing";
      const restore = this.announce(button);
      try {
        const files = new DataTransfer();
        files.items.add(new File([await writePng(this.tiles, this.size)], "mask.png", { type: "image/png" }));
        this.field.files = files.files;
      } catch { // no memory for it, most likely
        restore();
        this.state = "idle";
        this.lose();
        return;
      }
      restore();
      this.state = "passing";
      this.form.requestSubmit(button?.isConnected ? button : undefined);
      if (this.state === "passing") this.state = "idle"; // the form did not take it, such as an empty field that must be filled
    }

    /** The button says what it waits for, once that takes a while. Gives what puts it back. */
    announce(button) {
      if (!button) return () => {};
      const nodes = [...button.childNodes];
      const timer = setTimeout(() => {
        button.style.minWidth = `${button.offsetWidth}px`;
        button.setAttribute("aria-busy", "true");
        button.replaceChildren(this.words);
      }, SLOW_MS);
      return () => {
        clearTimeout(timer);
        if (!button.hasAttribute("aria-busy")) return;
        button.removeAttribute("aria-busy");
        button.style.minWidth = "";
        button.replaceChildren(...nodes);
      };
    }
  }

  /** Dropping a file on the button, or pressing it, is choosing it in the form that the page has for it. */
  function offerUpload(button) {
    const field = () => document.querySelector('#mask-upload input[type="file"]');
    button.addEventListener("click", () => field()?.click());
    button.addEventListener("dragover", (event) => event.preventDefault());
    button.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!field() || !event.dataTransfer.files.length) return;
      field().files = event.dataTransfer.files;
      field().dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  Object.assign(painter.parts, { MaskForm, fetchMask, offerUpload, putMask });
})(window.painter ??= { parts: {} });
