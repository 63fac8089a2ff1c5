/* Two dissimilarity matrices side by side: a pair of words is read off under the pointer or with the arrow keys; built
   from parts.js. */
"use strict";

(() => {
  const { html, labelled, select, widgets } = humanlike;
  const COLOURS = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725"]
    .map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  const colour = (share) => {
    const at = Math.min(Math.max(share, 0), 1) * (COLOURS.length - 1), low = Math.min(Math.floor(at), COLOURS.length - 2);
    return `rgb(${COLOURS[low].map((c, i) => Math.round(c + (at - low) * (COLOURS[low + 1][i] - c))).join(" ")})`;
  };

  widgets("matrices", (box, data, id) => {
    const { words, sources, distances } = data, n = words.length;
    const pair = (i, j) => (i < j ? i * n - (i * (i + 1)) / 2 + j - i - 1 : pair(j, i));
    // ranks from 1 for the nearest pair, ties shared, as in Spearman's correlation
    const ranks = distances.map((values) => {
      const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]), rank = [];
      for (let from = 0, to; from < order.length; from = to) {
        for (to = from; to < order.length && values[order[to]] === values[order[from]];) to += 1;
        for (let k = from; k < to; k += 1) rank[order[k]] = (from + to + 1) / 2;
      }
      return rank;
    });
    const most = Math.max(...distances.flat());
    const state = { model: sources.length - 1, order: 0, by: 0, row: 0, column: 1, fixed: false };

    const model = select(sources.slice(1), state.model - 1);
    const order = select([...sources.map((name) => `clusters of ${name}`), "alphabet"], 0);
    const by = select([`${data.metric} distance`, "rank of the pair"], 0);
    const first = html("select"), second = html("select");
    const status = html("output", { "aria-live": "polite", id: `${id}-status` });
    const maps = [0, 1].map(() => html("canvas", { tabindex: "0", role: "application" }));
    const names = maps.map(() => html("figcaption"));
    const body = html("tbody");
    const table = html("table", { class: "table hl-matrices-table" }, html("caption"),
      html("thead", {}, html("tr", {}, ...["", "Distance", `Rank of ${distances[0].length}`, "Nearest to the first word"]
        .map((name, i) => html("th", { scope: "col", ...(i === 1 || i === 2 ? { class: "hl-number" } : {}) }, name)))), body);

    const places = () => (state.order < sources.length ? data.orders[state.order]
      : [...words.keys()].sort((a, b) => words[a].localeCompare(words[b])));
    const shown = () => [0, state.model];

    const painted = maps.map(() => document.createElement("canvas"));
    const paint = () => {
      const at = places();
      maps.forEach((canvas, side) => {
        const source = shown()[side], still = painted[side];
        const size = Math.max(160, Math.floor(canvas.clientWidth)) * (window.devicePixelRatio || 1), cell = size / n;
        canvas.width = canvas.height = still.width = still.height = size;
        const pen = still.getContext("2d");
        at.forEach((i, row) => at.forEach((j, column) => {
          if (i === j) return;
          const k = pair(i, j);
          pen.fillStyle = colour(state.by ? (ranks[source][k] - 1) / (ranks[source].length - 1 || 1) : distances[source][k] / most);
          pen.fillRect(Math.floor(column * cell), Math.floor(row * cell), Math.ceil(cell), Math.ceil(cell));
        }));
        names[side].textContent = sources[source];
        canvas.setAttribute("aria-label", `Heat map of ${sources[source]}, ${n} words. ` +
          "Arrow keys go from pair to pair; Home and End to the ends of the row.");
        canvas.setAttribute("aria-describedby", `${id}-status`);
      });
      mark();
    };
    const mark = () => maps.forEach((canvas, side) => {
      const pen = canvas.getContext("2d"), cell = canvas.width / n, line = Math.max(2, canvas.width / 180);
      pen.clearRect(0, 0, canvas.width, canvas.width);
      pen.drawImage(painted[side], 0, 0);
      pen.lineWidth = line;
      [["#000", line], ["#fff", 0]].forEach(([ink, more]) => {
        pen.strokeStyle = ink;
        pen.strokeRect(state.column * cell - more, state.row * cell - more, cell + 2 * more, cell + 2 * more);
      });
    });

    const nearest = (source, i) => [...words.keys()].filter((j) => j !== i)
      .sort((a, b) => distances[source][pair(i, a)] - distances[source][pair(i, b)]).slice(0, 3)
      .map((j) => words[j].toLowerCase()).join(", ");

    const tell = () => {
      const at = places(), i = at[state.row], j = at[state.column];
      const [left, right] = [words[i].toLowerCase(), words[j].toLowerCase()];
      first.value = i;
      second.value = j;
      table.caption.textContent = i === j ? `${left}: the diagonal, a word with itself` : `${left} and ${right}`;
      status.textContent = i === j ? `${left} with itself.` : `${left} and ${right}: ` + shown()
        .map((source) => `${sources[source]} ${distances[source][pair(i, j)].toFixed(2)}`).join(", ") + ".";
      body.replaceChildren(...sources.map((name, source) => html("tr", {}, html("th", { scope: "row" }, name),
        html("td", { class: "hl-number" }, i === j ? "–" : distances[source][pair(i, j)].toFixed(2)),
        html("td", { class: "hl-number" }, i === j ? "–" : String(ranks[source][pair(i, j)])),
        html("td", {}, nearest(source, i)))));
    };

    const go = (row, column) => {
      state.row = Math.min(Math.max(row, 0), n - 1);
      state.column = Math.min(Math.max(column, 0), n - 1);
      tell();
      mark();
    };
    const under = (canvas, event) => {
      const area = canvas.getBoundingClientRect();
      return [Math.floor((n * (event.clientY - area.top)) / area.height), Math.floor((n * (event.clientX - area.left)) / area.width)];
    };
    const keep = (change) => {
      const at = places(), i = at[state.row], j = at[state.column];
      change();
      const now = places();
      paint();
      go(now.indexOf(i), now.indexOf(j));
    };

    maps.forEach((canvas) => {
      canvas.addEventListener("pointermove", (event) => { if (!state.fixed) go(...under(canvas, event)); });
      canvas.addEventListener("click", (event) => {
        state.fixed = !state.fixed;
        go(...under(canvas, event));
      });
      canvas.addEventListener("keydown", (event) => {
        const { row, column } = state;
        const to = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1],
          ArrowRight: [row, column + 1], Home: [row, 0], End: [row, n - 1] }[event.key];
        if (event.key === "Escape") state.fixed = false;
        if (!to) return;
        event.preventDefault();
        state.fixed = true;
        go(...to);
      });
    });
    model.addEventListener("change", () => keep(() => { state.model = Number(model.value) + 1; }));
    order.addEventListener("change", () => keep(() => { state.order = Number(order.value); }));
    by.addEventListener("change", () => keep(() => { state.by = Number(by.value); }));
    [...words.keys()].sort((a, b) => words[a].localeCompare(words[b])).forEach((i) => {
      first.append(new Option(words[i].toLowerCase(), i));
      second.append(new Option(words[i].toLowerCase(), i));
    });
    [first, second].forEach((one) => one.addEventListener("change", () => {
      const at = places();
      state.fixed = true;
      go(at.indexOf(Number(first.value)), at.indexOf(Number(second.value)));
    }));

    const ramp = Array.from({ length: 9 }, (_, i) => `${colour(i / 8)} ${(100 * i) / 8}%`).join(", ");
    const scale = html("span", { class: "hl-matrices-scale", style: `background: linear-gradient(to right, ${ramp})`, "aria-hidden": "true" });
    box.append(html("div", { class: "hl-widget-tools" }, labelled("Model", model), labelled("Order of the words", order),
      labelled("Colour", by), labelled("First word", first), labelled("Second word", second)),
      html("div", { class: "hl-matrices-maps" }, ...maps.map((canvas, side) => html("figure", {}, canvas, names[side]))),
      html("p", { class: "hl-matrices-legend" }, "near ", scale, " far. A click keeps the pair, another one lets it go."),
      status, html("div", { class: "hl-scroll", tabindex: "0", role: "region", "aria-label": "The pair chosen, by source" }, table));
        go(places().indexOf(0), places().indexOf(data.orders[0].find((i) => i !== 0)));
    new ResizeObserver(paint).observe(maps[0]);
  });
})();
