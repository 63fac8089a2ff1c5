/* Radar chart of any word's ratings; built from parts.js. */
"use strict";

(() => {
  const { html, svg, widgets } = humanlike;
  const SIZE = 570, HEIGHT = 470, RADIUS = 175, X = SIZE / 2, Y = HEIGHT / 2 + 4;
  const MARKS = {
    human: (r) => `M${-r} 0H${r}M0 ${-r}V${r}`,
    base: (r) => `M${r} 0A${r} ${r} 0 1 1 ${-r} 0A${r} ${r} 0 1 1 ${r} 0Z`,
    qa_ft: (r) => `M${-r} ${-r}H${r}V${r}H${-r}Z`,
    nl_ft: (r) => `M0 ${-r * 1.2}L${r * 1.1} ${r}H${-r * 1.1}Z`,
    en_ft: (r) => `M0 ${-r * 1.3}L${r * 1.3} 0L0 ${r * 1.3}L${-r * 1.3} 0Z`,
  };
  const shown = (value) => (value === null ? "–" : value.toFixed(2));

  widgets("radar", (box, data, id) => {
    const count = data.dimensions.length;
    const place = new Map();
    data.translations.forEach((word, i) => place.set(word.toLowerCase(), i));
    data.words.forEach((word, i) => place.set(word.toLowerCase(), i));
    const hidden = new Set();
    let current = place.get(data.start.toLowerCase());

    const at = (dimension, value) => {
      const angle = (2 * Math.PI * dimension) / count - Math.PI / 2;
      const length = (RADIUS * value) / data.top;
      return [X + length * Math.cos(angle), Y + length * Math.sin(angle)];
    };
    const outline = (values) => values.map((v, d) => at(d, v).map((c) => c.toFixed(1)).join(",")).join(" ");
    const rating = (word, source, dimension) => data.ratings[word][source * count + dimension];
    const profile = (word, source) => data.dimensions.map((_, d) => rating(word, source, d));
    const distance = (word, source) => {
      const [model, human] = [profile(word, source), profile(word, 0)];
      if (model.includes(null) || human.includes(null)) return null;
      return Math.hypot(...model.map((v, d) => v - human[d]));
    };

    const input = html("input", { type: "search", list: `${id}-words`, id: `${id}-input`,
      autocomplete: "off", spellcheck: "false" });
    const list = html("datalist", { id: `${id}-words` });
    data.words.forEach((word, i) => list.append(new Option(data.translations[i], word)));
    const random = html("button", { type: "button", class: "hl-radar-button" }, "Random word");
    const status = html("output", { "aria-live": "polite", for: `${id}-input` });
    const legend = html("div", { class: "hl-radar-legend", role: "group", "aria-label": "Lines shown" });
    const drawing = svg("svg", { viewBox: `0 0 ${SIZE} ${HEIGHT}`, role: "img", class: "hl-radar-svg" });
    const lines = svg("g");
    const table = html("table", { class: "table hl-radar-table" });

    const drawGrid = () => {
      const grid = svg("g", { class: "hl-radar-grid", "aria-hidden": "true" });
      for (let ring = 1; ring <= data.top; ring += 1) {
        grid.append(svg("polygon", { points: outline(data.dimensions.map(() => ring)) }));
      }
      data.dimensions.forEach((name, d) => {
        const [x, y] = at(d, data.top);
        grid.append(svg("line", { x1: X, y1: Y, x2: x, y2: y }));
        const [tx, ty] = at(d, data.top * 1.1);
        const side = Math.abs(tx - X) < 12 ? "middle" : tx > X ? "start" : "end";
        grid.append(svg("text", { x: tx, y: ty + 5, "text-anchor": side }, name));
      });
      for (let ring = 1; ring <= data.top; ring += 1) {
        const [x, y] = at(0, ring);
        grid.append(svg("text", { x: x + 5, y: y + 4, class: "hl-radar-tick" }, String(ring)));
      }
      drawing.append(grid, lines);
    };

    const drawLines = () => {
      lines.replaceChildren();
      data.sources.forEach(({ key }, source) => {
        if (hidden.has(source)) return;
        const values = profile(current, source);
        const group = svg("g", { class: "hl-radar-line", "data-source": key });
        // a missing rating leaves a gap, it is not drawn as zero
        const whole = !values.includes(null);
        if (whole) group.append(svg("polygon", { points: outline(values) }));
        values.forEach((value, d) => {
          if (value === null) return;
          const [x, y] = at(d, value);
          const mark = (MARKS[key] ?? MARKS.base)(5);
          group.append(svg("path", { d: mark, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }));
        });
        lines.append(group);
      });
    };

    const row = (name, cells, place_ = "td") => {
      const line = html("tr", {}, html("th", { scope: "row" }, name));
      cells.forEach((cell) => line.append(html(place_, { class: "hl-number" }, cell)));
      return line;
    };
    const drawTable = () => {
      const head = html("tr", {}, html("th", { scope: "col" }, "Dimension"));
      data.sources.forEach(({ label }) => head.append(html("th", { scope: "col", class: "hl-number" }, label)));
      const body = html("tbody");
      data.dimensions.forEach((name, d) =>
        body.append(row(name, data.sources.map((_, s) => shown(rating(current, s, d))))));
      const distances = data.sources.map((_, s) => (s ? distance(current, s) : null));
      body.append(
        row("Distance d", distances.map(shown)),
        row("Similarity 1/(1+d)", distances.map((d) => shown(d === null ? null : 1 / (1 + d)))));
      table.replaceChildren(
        html("caption", {}, `Ratings of ${data.words[current]}, 0 to ${data.top}`),
        html("thead", {}, head), body);
    };

    const show = (word) => {
      current = word;
      const name = data.words[word];
      const near = data.sources.map(({ label }, s) => [label, s ? distance(word, s) : null])
        .filter(([, d]) => d !== null).sort((a, b) => a[1] - b[1]);
      const text = near.map(([label, d]) => `${label} ${d.toFixed(2)}`).join(", ");
      status.textContent = `${name} (${data.translations[word]}). Distance from people: ${text}.`;
      drawing.setAttribute("aria-label",
        `Radar chart of the ratings of ${name} on ${count} dimensions. The table below has the numbers.`);
      drawLines();
      drawTable();
    };
    const search = (final) => {
      const asked = input.value.trim().toLowerCase();
      if (place.has(asked)) {
        if (place.get(asked) !== current) show(place.get(asked));
        return;
      }
      if (!final || !asked) return;
      const like = data.words.filter((word) => word.toLowerCase().includes(asked)).slice(0, 5);
      status.textContent = `“${input.value.trim()}” is not one of the ${data.words.length} words.` +
        (like.length ? ` Words like it: ${like.join(", ")}.` : "");
    };

    data.sources.forEach(({ key, label }, source) => {
      const sample = svg("svg", { viewBox: "0 0 34 14", "aria-hidden": "true", class: "hl-radar-sample" });
      const line = svg("g", { class: "hl-radar-line", "data-source": key });
      line.append(svg("polyline", { points: "1,7 33,7" }),
        svg("path", { d: (MARKS[key] ?? MARKS.base)(4), transform: "translate(17 7)" }));
      sample.append(line);
      const button = html("button", { type: "button", "aria-pressed": "true", class: "hl-radar-button" },
        sample, label);
      button.addEventListener("click", () => {
        if (hidden.has(source)) hidden.delete(source);
        else hidden.add(source);
        button.setAttribute("aria-pressed", String(!hidden.has(source)));
        drawLines();
      });
      legend.append(button);
    });
    input.addEventListener("input", () => search(false));
    input.addEventListener("change", () => search(true));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") search(true);
    });
    random.addEventListener("click", () => {
      show(Math.floor(Math.random() * data.words.length));
      input.value = data.words[current];
    });

    drawGrid();
    input.value = data.words[current];
    const label = html("label", { for: `${id}-input` }, `Word (${data.words.length} to choose from)`);
    const scroll = html("div", { class: "hl-scroll", tabindex: "0", role: "region",
      "aria-label": "Ratings of the word shown" }, table);
    box.append(html("div", { class: "hl-radar-tools" }, label, input, list, random), legend, status,
      drawing, scroll);
    show(current);
  });
})();
