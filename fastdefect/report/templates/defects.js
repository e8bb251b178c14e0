"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const payloads = document.querySelectorAll("script.shot");
  const shot = (i) => JSON.parse(payloads[i].textContent);
  const NS = "http://www.w3.org/2000/svg";
  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const number = (value, digits) =>
    value === null ? "–" : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const score = (value) => number(value, Number.isInteger(value) ? 0 : 3);
  const kindOf = (image) => (image.verdict === "unusable" ? "unusable" : image.bad ? "bad" : "good");
  const verdict = (image) => (image.verdict === "unusable" ? "unusable"
    : image.bad ? `${image.defects} defect${image.defects === 1 ? "" : "s"}` : "no defect");

  // Gallery: cards at once, pictures when they come into view.
  const gallery = $("gallery");
  const fill = (card) => {
    const i = Number(card.dataset.image), image = data.images[i], parts = shot(i);
    const box = element("div", {}, element("img", { src: parts.thumbnail, alt: "" }));
    if (parts.score) box.append(element("img", { src: parts.score, className: "layer score", alt: "" }));
    const svg = document.createElementNS(NS, "svg"), path = document.createElementNS(NS, "path");
    svg.setAttribute("viewBox", `0 0 ${image.width} ${image.height}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "layer outlines");
    path.setAttribute("d", parts.outlines);
    svg.append(path);
    box.append(svg);
    card.firstChild.replaceChildren(box);
    dress(card);
  };
  const dress = (root) => {
    for (const svg of root.querySelectorAll("svg.outlines")) svg.toggleAttribute("hidden", !$("thumb-outlines").checked);
    for (const img of root.querySelectorAll("img.score")) img.hidden = !$("thumb-scores").checked;
  };
  const watcher = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      fill(target);
    }
  }, { rootMargin: "300px" });
  const cards = data.images.map((image, i) => {
    const kind = kindOf(image);
    const card = element("button", { type: "button", className: "shot-card", title: [image.name, ...image.notes].join("\n") },
      element("div", { className: "frame" }),
      element("p", {}, element("span", { className: `verdict ${kind}`, textContent: verdict(image) }),
        ` · score ${score(image.score)} (limit ${score(image.threshold)})`, element("br"), image.name));
    card.dataset.image = i;
    card.addEventListener("click", () => open(i));
    watcher.observe(card);
    return card;
  });
  const rank = [];
  data.order.forEach((image, place) => { rank[image] = place; });
  let shown = [];
  const arrange = () => {
    const want = $("show").value;
    shown = data.images.map((_, i) => i).filter((i) => want === "all" || kindOf(data.images[i]) === want);
    if ($("order").value === "score") shown.sort((a, b) => rank[a] - rank[b]);
    gallery.replaceChildren(...shown.map((i) => cards[i]));
  };
  for (const id of ["show", "order"]) $(id).addEventListener("change", arrange);
  for (const id of ["thumb-outlines", "thumb-scores"]) {
    $(id).addEventListener("change", () => { gallery.classList.toggle("scores-on", $("thumb-scores").checked); dress(gallery); });
  }
  arrange();

  // Table: sorted as a whole, written a hundred rows at a time.
  const STEP = 100, FIRST = 6; // a row begins with image, label and box
  const headings = [["Image", "", 0, true], ["#", "", 0, true],
    ...data.columns.map((c) => [c.title, c.unit, c.digits, c.narrow])];
  const cell = (row, column) => (column < 2 ? row[column] : row[column - 2 + FIRST]);
  let rows = data.rows, written = 0, by = -1, falling = false;
  const write = () => {
    const body = $("defects").tBodies[0];
    for (const row of rows.slice(written, written + STEP)) {
      const line = element("tr", { tabIndex: 0 });
      headings.forEach(([, , digits, narrow], column) => {
        const value = cell(row, column);
        const name = column === 0 ? data.images[value].name : "";
        line.append(element("td", {
          title: name, className: narrow ? "" : "wide", textContent: column === 0 ? name.split(/[\\/]/).pop() : number(value, digits),
        }));
      });
      const go = () => open(row[0], row.slice(2, FIRST));
      line.addEventListener("click", go);
      line.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
      body.append(line);
    }
    written = Math.min(written + STEP, rows.length);
    $("more").hidden = written === rows.length;
    $("more").textContent = `Show more (${written} of ${rows.length})`;
  };
  const sort = (column) => {
    falling = by === column ? !falling : column > 1;
    by = column;
    const sign = falling ? -1 : 1;
    rows = [...data.rows].sort((a, b) => {
      const x = cell(a, column), y = cell(b, column);
      if (x === null || y === null) return (x === null) - (y === null);
      if (column === 0) return sign * data.images[x].name.localeCompare(data.images[y].name) || a[1] - b[1];
      return sign * (x - y);
    });
    headings.forEach((_, i) => {
      const sorted = i !== column ? "none" : falling ? "descending" : "ascending";
      $("defects").tHead.rows[0].cells[i].setAttribute("aria-sort", sorted);
    });
    $("defects").tBodies[0].replaceChildren();
    written = 0;
    write();
  };
  if ($("defects")) {
    const line = element("tr");
    headings.forEach(([title, unit, , narrow], column) => {
      const button = element("button", { type: "button", textContent: unit ? `${title} ${unit}` : title });
      button.addEventListener("click", () => sort(column));
      const heading = element("th", { scope: "col", className: narrow ? "" : "wide" }, button);
      heading.setAttribute("aria-sort", "none");
      line.append(heading);
    });
    $("defects").tHead.append(line);
    $("more").addEventListener("click", write);
    $("all-columns").addEventListener("change", () => $("defects").classList.toggle("all", $("all-columns").checked));
    write();
  }

  // Viewer: photograph, score map and outlines on one sheet that is moved and scaled.
  const viewer = $("viewer"), stage = $("stage"), sheet = $("sheet");
  let current = 0, scale = 1, x = 0, y = 0;
  const place = () => {
    sheet.style.setProperty("--scale", scale);
    sheet.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    $("zoom").textContent = `${Math.round(scale * 100)} %`;
    sheet.classList.toggle("magnified", scale >= 3);
  };
  const show = (left, top, width, height, most) => {
    scale = Math.min(stage.clientWidth / width, stage.clientHeight / height, most);
    x = stage.clientWidth / 2 - scale * (left + width / 2);
    y = stage.clientHeight / 2 - scale * (top + height / 2);
    place();
  };
  const fit = () => show(0, 0, data.images[current].width, data.images[current].height, 8);
  const zoom = (factor, px = stage.clientWidth / 2, py = stage.clientHeight / 2) => {
    const next = Math.min(Math.max(scale * factor, 0.02), 64);
    x = px - (px - x) * (next / scale);
    y = py - (py - y) * (next / scale);
    scale = next;
    place();
  };
  const open = (i, box) => {
    const image = data.images[i], parts = shot(i);
    current = i;
    if (!viewer.open) viewer.showModal();
    $("title").textContent = image.name;
    $("verdict").textContent = verdict(image);
    $("verdict").className = `verdict ${kindOf(image)}`;
    $("notes").textContent = image.notes.join(" · ");
    sheet.style.width = `${image.width}px`;
    sheet.style.height = `${image.height}px`;
    $("photo").src = parts.photo;
    $("score").src = parts.score ?? "data:,";
    $("scores").disabled = !parts.score;
    $("marks").setAttribute("viewBox", `0 0 ${image.width} ${image.height}`);
    $("marks").querySelector("path").setAttribute("d", parts.outlines);
    const notes = [`${image.width} × ${image.height} pixels`,
      `score ${score(image.score)}, threshold ${score(image.threshold)}`];
    if (parts.range) notes.push(`score map from ${score(parts.range[0])} (dark) to ${score(parts.range[1])} (light)`);
    if (!image.whole) notes.push("dark parts were not inspected");
    if (image.outlined < image.defects) notes.push(`outlines of the ${image.outlined} largest defects`);
    $("legend").textContent = notes.join(" · ");
    const frame = $("marks").querySelector("rect");
    frame.toggleAttribute("hidden", !box);
    toggle();
    if (!box) return fit();
    const [top, left, bottom, right] = box, margin = 0.75 * Math.max(right - left, bottom - top, 16);
    const around = { x: left - 2, y: top - 2, width: right - left + 4, height: bottom - top + 4 };
    for (const [name, value] of Object.entries(around)) frame.setAttribute(name, value);
    show(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin, 16);
  };
  const toggle = () => {
    $("marks").toggleAttribute("hidden", !$("outlines").checked);
    $("score").hidden = !$("scores").checked || $("scores").disabled;
  };
  const step = (by) => {
    const at = shown.indexOf(current);
    if (shown.length) open(shown[(at + by + shown.length) % shown.length]);
  };
  for (const id of ["outlines", "scores"]) $(id).addEventListener("change", toggle);
  $("zoom-in").addEventListener("click", () => zoom(1.5));
  $("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
  $("fit").addEventListener("click", fit);
  $("close").addEventListener("click", () => viewer.close());
  $("before").addEventListener("click", () => step(-1));
  $("after").addEventListener("click", () => step(1));
  viewer.addEventListener("keydown", (event) => {
    const action = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), "+": () => zoom(1.5), "-": () => zoom(1 / 1.5) }[event.key];
    if (action) { event.preventDefault(); action(); }
  });
{% include "gestures.js" %}
  gestures(stage, zoom, (right, down) => {
    x += right;
    y += down;
    place();
  });
  stage.addEventListener("dblclick", fit);
  window.addEventListener("resize", () => { if (viewer.open) fit(); });
  for (const link of document.querySelectorAll("#look button")) {
    link.addEventListener("click", () => open(Number(link.dataset.image)));
  }
  // Paper shows what a screen shows in the end: every picture and every row.
  window.addEventListener("beforeprint", () => {
    for (const card of cards) if (!card.firstChild.firstChild) fill(card);
    while ($("defects") && written < rows.length) write();
  });
  document.documentElement.dataset.ready = "yes";
})();
