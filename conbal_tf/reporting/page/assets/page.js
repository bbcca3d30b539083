// The map of the test images, walked through by pointer or keyboard, and where one is on the page. Asks for nothing.
"use strict";

const CLASS_COLOURS = ["--s6", "--s0", "--s1", "--s2", "--s3", "--s4", "--s5", "--s7"]; // the most frequent class is grey
const REACH = 14; // pixels around the pointer in which a dot is taken
const sheets = new Map();

function sheetOf(id, loaded) {
  if (!sheets.has(id)) {
    const image = new Image();
    image.src = document.getElementById(id).textContent;
    sheets.set(id, image);
  }
  const image = sheets.get(id);
  if (!image.complete) image.addEventListener("load", loaded, { once: true });
  return image;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function colourOf(number) {
  return getComputedStyle(document.documentElement).getPropertyValue(CLASS_COLOURS[number % CLASS_COLOURS.length]).trim();
}

function startMap(box) {
  const data = JSON.parse(document.getElementById(box.dataset.map).textContent);
  const canvas = document.getElementById(`${box.id}-canvas`);
  const detail = document.getElementById(`${box.id}-detail`);
  const filters = document.getElementById(`${box.id}-filters`);
  const wrong = data.label.map((label, i) => label !== data.predicted[i]);
  const shownClasses = new Set(data.classes.keys());
  const shownAnswers = new Set([false, true]);
  const margin = 14;
  let colours = [], chosen = -1, width = 0, height = 0;

  const visible = (i) => shownClasses.has(data.label[i]) && shownAnswers.has(wrong[i]);
  const placeX = (i) => margin + (data.x[i] / data.fine) * (width - 2 * margin);
  const placeY = (i) => height - margin - (data.y[i] / data.fine) * (height - 2 * margin);
  // Within a class the surest mistakes come first.
  const order = [...data.id.keys()].sort((a, b) => data.label[a] - data.label[b] || wrong[b] - wrong[a] || data.percent[b] - data.percent[a] || a - b);
  // Frequent classes are drawn first and mistakes last, so that what is rare lies on top.
  const layers = [...data.id.keys()].sort((a, b) => wrong[a] - wrong[b] || data.label[a] - data.label[b]);

  function resize(scale) {
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    const ratio = scale || Math.max(2, window.devicePixelRatio || 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    draw();
  }

  function draw() {
    const context = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink").trim(), paper = style.getPropertyValue("--paper").trim();
    colours = data.classes.map((_, number) => colourOf(number));
    const radius = data.id.length > 1500 ? 2.3 : 3.2;
    context.fillStyle = paper;
    context.fillRect(0, 0, width, height);
    context.lineWidth = 1.7;
    for (const i of layers) {
      if (!visible(i)) continue;
      const x = placeX(i), y = placeY(i), reach = radius + 0.7;
      context.beginPath();
      if (wrong[i]) {
        context.moveTo(x - reach, y - reach);
        context.lineTo(x + reach, y + reach);
        context.moveTo(x - reach, y + reach);
        context.lineTo(x + reach, y - reach);
        context.strokeStyle = colours[data.label[i]];
        context.stroke();
      } else {
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fillStyle = colours[data.label[i]];
        context.fill();
      }
    }
    drawNames(context, ink, paper);
    if (chosen >= 0 && visible(chosen)) drawRing(context, placeX(chosen), placeY(chosen), ink, paper);
  }

  function drawRing(context, x, y, ink, paper) {
    for (const [colour, line] of [[paper, 6], [ink, 2.5]]) {
      context.beginPath();
      context.arc(x, y, 9, 0, 2 * Math.PI);
      context.lineWidth = line;
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  // A class's name stands at the middle of its dots, so that no one has to match colours; names give way to each other.
  function drawNames(context, ink, paper) {
    context.font = "600 13px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
    const names = [...shownClasses].map((number) => {
      const dots = [...data.id.keys()].filter((i) => data.label[i] === number && visible(i));
      const text = data.classes[number].length > 22 ? `${data.classes[number].slice(0, 21)}…` : data.classes[number];
      const half = context.measureText(text).width / 2 + 4;
      return dots.length && { text, half, x: middle(dots.map(placeX)), y: middle(dots.map(placeY)) };
    }).filter(Boolean).sort((a, b) => a.y - b.y);
    for (let round = 0; round < 40; round++) {
      for (let a = 0; a < names.length; a++) {
        for (let b = a + 1; b < names.length; b++) {
          const near = Math.abs(names[a].x - names[b].x) < names[a].half + names[b].half;
          const gap = names[b].y - names[a].y;
          if (near && Math.abs(gap) < 18) {
            const push = (18 - Math.abs(gap)) / 2 * (gap < 0 ? -1 : 1);
            names[a].y -= push;
            names[b].y += push;
          }
        }
      }
    }
    for (const name of names) {
      const x = Math.min(Math.max(name.x, name.half), width - name.half), y = Math.min(Math.max(name.y, 10), height - 10);
      context.lineWidth = 4;
      context.strokeStyle = paper;
      context.strokeText(name.text, x, y);
      context.fillStyle = ink;
      context.fillText(name.text, x, y);
    }
  }

  function choose(i) {
    if (i === chosen) return;
    chosen = i;
    draw();
    if (i < 0) {
      detail.replaceChildren(element("p", {}, "Point at a dot, or press an arrow key."));
      return;
    }
    const truth = data.classes[data.label[i]], said = data.classes[data.predicted[i]];
    const thumb = element("canvas", { role: "img", "aria-label": `Test image ${data.id[i]}`, width: 352, height: 352 });
    const verdict = wrong[i] ? "wrong" : "right";
    detail.replaceChildren(
      thumb,
      element("p", {}, element("b", {}, wrong[i] ? "✕ " : "● ", verdict)),
      element("p", {}, `predicted ${said}, ${data.percent[i]} %`),
      element("p", {}, `true ${truth}`),
      element("p", { class: "note" }, data.id[i]),
    );
    drawThumb(thumb, i);
  }

  function drawThumb(thumb, i) {
    const sheet = sheetOf(data.sheet, () => chosen === i && drawThumb(thumb, i));
    if (!sheet.complete || !sheet.naturalWidth) return;
    const tile = sheet.naturalWidth / data.columns; // the sheet may be a smaller copy
    const context = thumb.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(sheet, (i % data.columns) * tile, Math.floor(i / data.columns) * tile, tile, tile, 0, 0, thumb.width, thumb.height);
    thumb.dataset.drawn = "true";
  }

  function nearest(event) {
    const frame = canvas.getBoundingClientRect();
    const x = event.clientX - frame.left, y = event.clientY - frame.top;
    let best = -1, distance = REACH * REACH;
    for (let i = 0; i < data.id.length; i++) {
      if (!visible(i)) continue;
      const d = (placeX(i) - x) ** 2 + (placeY(i) - y) ** 2;
      if (d < distance) { best = i; distance = d; }
    }
    return best;
  }

  function step(key) {
    const rows = order.filter(visible);
    if (!rows.length) return;
    const at = rows.indexOf(chosen);
    if (at < 0) { choose(rows[0]); return; }
    const label = data.label[chosen];
    const firsts = rows.filter((i, place) => place === 0 || data.label[rows[place - 1]] !== data.label[i]);
    const place = firsts.findIndex((i) => data.label[i] === label);
    const next = {
      ArrowRight: () => rows[(at + 1) % rows.length],
      ArrowLeft: () => rows[(at + rows.length - 1) % rows.length],
      ArrowDown: () => firsts[(place + 1) % firsts.length],
      ArrowUp: () => firsts[(place + firsts.length - 1) % firsts.length],
      Home: () => rows[0],
      End: () => rows[rows.length - 1],
    };
    choose(next[key]());
  }

  function button(set, value, ...children) {
    const made = element("button", { type: "button", "aria-pressed": "true" }, ...children);
    made.addEventListener("click", () => {
      set.has(value) ? set.delete(value) : set.add(value);
      refresh();
    });
    return { made, isOn: () => set.has(value) };
  }

  function makeFilters() {
    const count = (test) => data.id.reduce((sum, _, i) => sum + (test(i) ? 1 : 0), 0).toLocaleString("en");
    const buttons = data.classes.map((name, number) => {
      const dot = element("i", { style: `background:var(${CLASS_COLOURS[number % CLASS_COLOURS.length]})`, "aria-hidden": "true" });
      return button(shownClasses, number, dot, `${name} ${count((i) => data.label[i] === number)}`);
    });
    for (const [value, sign, name] of [[false, "●", "right"], [true, "✕", "wrong"]]) {
      const mark = element("i", { class: "cross", "aria-hidden": "true" }, sign);
      buttons.push(button(shownAnswers, value, mark, `${name} ${count((i) => wrong[i] === value)}`));
    }
    const all = element("button", { type: "button", class: "all" }, "show all");
    all.addEventListener("click", () => {
      data.classes.forEach((_, number) => shownClasses.add(number));
      [false, true].forEach((value) => shownAnswers.add(value));
      refresh();
    });
    filters.append(...buttons.map(({ made }) => made), all);
    return buttons;
  }

  function refresh() {
    for (const { made, isOn } of buttons) made.setAttribute("aria-pressed", String(isOn()));
    if (chosen >= 0 && !visible(chosen)) choose(-1);
    draw();
  }

  const buttons = makeFilters();
  canvas.addEventListener("pointermove", (event) => { const i = nearest(event); if (i >= 0) choose(i); });
  canvas.addEventListener("pointerdown", (event) => choose(nearest(event)));
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { choose(-1); return; }
    if (!/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step(event.key);
  });
  new ResizeObserver(() => resize()).observe(canvas);
  window.addEventListener("beforeprint", () => resize(4));
  window.addEventListener("afterprint", () => resize());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  matchMedia("print").addEventListener("change", draw);
  resize();
}

function followContents() {
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  document.querySelectorAll("main > section").forEach((section) => seen.observe(section));
}

document.querySelectorAll("[data-map]").forEach(startMap);
followContents();
