"use strict";
// The image in tiles: level 0 is the image itself, each further level half of it. Only tiles that are seen are loaded.
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const stage = $("stage"), sheet = $("sheet"), frame = $("frame");
  const marked = data.marked.map((names) => new Set(names));
  const tiles = new Map();
  let scale = 1, x = 0, y = 0, box = null, asked = false;

  const levelOf = (wanted) => Math.min(Math.max(Math.floor(Math.log2(1 / wanted)), 0), marked.length - 1);
  const redraw = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  };
  const make = (level, row, column) => {
    const name = `${row}_${column}`, made = [];
    for (const kind of marked[level].has(name) ? ["jpg", "png"] : ["jpg"]) {
      const picture = Object.assign(document.createElement("img"), { alt: "", draggable: false, onload: redraw, onerror: redraw });
      picture.className = kind === "png" ? "mark" : "tile";
      picture.style.zIndex = 2 * (marked.length - level) + (kind === "png");
      picture.src = `tiles/${level}/${name}.${kind}`;
      made.push(picture);
    }
    sheet.append(...made);
    return { level, row, column, made };
  };
  const lay = ({ level, row, column, made }) => {
    const span = data.side * 2 ** level;
    const left = Math.round(x + column * span * scale), top = Math.round(y + row * span * scale);
    const right = Math.round(x + Math.min((column + 1) * span, data.width) * scale);
    const bottom = Math.round(y + Math.min((row + 1) * span, data.height) * scale);
    for (const { style } of made) {
      style.left = `${left}px`;
      style.top = `${top}px`;
      style.width = `${right - left}px`;
      style.height = `${bottom - top}px`;
    }
    return right > 0 && bottom > 0 && left < stage.clientWidth && top < stage.clientHeight;
  };
  const draw = () => {
    const level = levelOf(scale * devicePixelRatio), span = data.side * 2 ** level * scale;
    const last = (size) => Math.ceil(size / (data.side * 2 ** level)) - 1;
    const range = (start, length, size) => [Math.max(Math.floor(-start / span), 0), Math.min(Math.floor((length - start) / span), last(size))];
    const [r0, r1] = range(y, stage.clientHeight, data.height), [c0, c1] = range(x, stage.clientWidth, data.width);
    const wanted = new Set();
    for (let row = r0; row <= r1; row++) for (let column = c0; column <= c1; column++) {
      const key = `${level}/${row}_${column}`;
      wanted.add(key);
      if (!tiles.has(key)) tiles.set(key, make(level, row, column));
    }
    // those of another level stay until the wanted ones are there, so that nothing flickers
    const ready = [...wanted].every((key) => tiles.get(key).made.every((picture) => picture.complete));
    for (const [key, tile] of tiles) {
      const seen = lay(tile);
      if (wanted.has(key) || (seen && !ready)) continue;
      for (const picture of tile.made) picture.remove();
      tiles.delete(key);
    }
    sheet.classList.toggle("magnified", scale >= 3);
    sheet.classList.toggle("plain", !$("defects").checked);
    frame.hidden = !box;
    if (box) {
      const [top, left, bottom, right] = box;
      frame.style.left = `${x + left * scale - 4}px`;
      frame.style.top = `${y + top * scale - 4}px`;
      frame.style.width = `${(right - left) * scale + 8}px`;
      frame.style.height = `${(bottom - top) * scale + 8}px`;
    }
    $("zoom").textContent = `${(100 * scale).toPrecision(scale < 0.1 ? 2 : 3)} %`;
    document.documentElement.dataset.level = level;
    document.documentElement.dataset.ready = ready ? "yes" : "no";
  };
  const show = (left, top, width, height, most) => {
    scale = Math.min(stage.clientWidth / width, stage.clientHeight / height, most);
    x = stage.clientWidth / 2 - scale * (left + width / 2);
    y = stage.clientHeight / 2 - scale * (top + height / 2);
    redraw();
  };
  const fit = () => show(0, 0, data.width, data.height, 8);
  const zoom = (factor, px = stage.clientWidth / 2, py = stage.clientHeight / 2) => {
    const whole = Math.min(stage.clientWidth / data.width, stage.clientHeight / data.height, 1);
    const next = Math.min(Math.max(scale * factor, whole / 2), 32);
    x = px - (px - x) * (next / scale);
    y = py - (py - y) * (next / scale);
    scale = next;
    redraw();
  };
  const move = (right, down) => { x += right; y += down; redraw(); };

  for (const [label, top, left, bottom, right, area] of data.defects) {
    const button = Object.assign(document.createElement("button"), {
      type: "button", textContent: `${label}: ${area.toLocaleString("en")} px at row ${top}, column ${left}`,
    });
    button.addEventListener("click", () => {
      for (const other of $("list").querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
      button.setAttribute("aria-current", "true");
      box = [top, left, bottom, right];
      const margin = Math.max(bottom - top, right - left, 24);
      show(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin, 8);
    });
    const line = document.createElement("li");
    line.append(button);
    $("list").append(line);
  }
  $("zoom-in").addEventListener("click", () => zoom(1.5));
  $("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
  $("fit").addEventListener("click", fit);
  $("one").addEventListener("click", () => zoom(1 / (scale * devicePixelRatio)));
  $("defects").addEventListener("change", redraw);
  stage.addEventListener("keydown", (event) => {
    const by = 100, action = {
      "+": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: fit,
      ArrowLeft: () => move(by, 0), ArrowRight: () => move(-by, 0), ArrowUp: () => move(0, by), ArrowDown: () => move(0, -by),
    }[event.key];
    if (action) { event.preventDefault(); action(); }
  });
{% include "gestures.js" %}
  const at = gestures(stage, zoom, move);
  stage.addEventListener("dblclick", (event) => zoom(3, ...at(event)));
  window.addEventListener("resize", redraw);
  fit();
})();
