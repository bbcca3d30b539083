"""What tests ask of a page that is open in a browser, as scripts."""

# Where a dot of the first map lies on the screen, and which image it is.
DOT = """(number) => {
  const data = JSON.parse(document.getElementById("map-0-points").textContent);
  const frame = document.getElementById("map-0-canvas").getBoundingClientRect();
  const place = (values, side) => 14 + (values[number] / data.fine) * (side - 28);
  const [x, y] = [frame.left + place(data.x, frame.width), frame.bottom - place(data.y, frame.height)];
  return {x, y, id: data.id[number]};
}"""
# Of every text that is seen: its contrast with the nearest ground behind it (WCAG 2).
CONTRASTS = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    // The count of a matrix stands on the cell that was drawn before it.
    if (node.matches("svg [class*=on-]")) {
      do node = node.previousElementSibling; while (!node.matches(".cell"));
      return parse(getComputedStyle(node).fill);
    }
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || node.closest("script, style, noscript, title, desc, canvas")) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(parse(node.closest("svg") ? style.fill : style.color)), light(ground(node))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([contrast, String(node.className), texts.currentNode.data.slice(0, 30)]);
  }
  return found;
}"""
# What a person without sight or without a pointer would stumble over.
FAULTS = """() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  let level = 0;
  for (const heading of all("h1, h2, h3, h4")) {
    if (+heading.tagName[1] > level + 1) faults.push(`${heading.tagName} after h${level}: ${heading.textContent}`);
    level = +heading.tagName[1];
  }
  const name = (node) => node.getAttribute("aria-label") || node.textContent.trim();
  for (const node of all("img")) if (!node.alt) faults.push("img without alt");
  for (const node of all("svg:not([aria-hidden])")) {
    const parts = node.querySelector("title") && node.querySelector("desc");
    if (node.getAttribute("role") !== "img" || !name(node) || !parts) faults.push("svg without a name");
  }
  const named = "button, a, summary, [role=region], [role=group], nav";
  for (const node of all(named)) if (!name(node)) faults.push(node.outerHTML);
  for (const node of all("table")) if (!node.caption?.textContent) faults.push("table without caption");
  for (const node of all("th")) if (!node.scope) faults.push(`th without scope: ${node.textContent}`);
  for (const node of all("a[href^='#']")) if (!document.querySelector(node.hash)) faults.push(`no ${node.hash}`);
  for (const node of all("[aria-describedby], [aria-labelledby]")) {
    const ids = node.getAttribute("aria-describedby") || node.getAttribute("aria-labelledby");
    if (!document.getElementById(ids)) faults.push(`no #${ids}`);
  }
  for (const id of new Set(all("[id]").map((node) => node.id)))
    if (document.querySelectorAll(`[id="${id}"]`).length > 1) faults.push(`twice: ${id}`);
  if (all("h1").length !== 1 || all("main").length !== 1 || !document.documentElement.lang) faults.push("outline");
  return faults;
}"""
