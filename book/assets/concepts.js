/* Map of concepts on any two axes, with the neighbours of one; built from parts.js. */
"use strict";

(() => {
  const { html, svg, labelled, select, widgets } = humanlike;
  const WIDTH = 680, HEIGHT = 520, EDGE = 22, BOTTOM = 44, LEFT = 44;
  // in step with MARKERS of plots/concepts.py
  const polygon = (corners, r, inner = r, turn = -Math.PI / 2) => {
    const points = [];
    const count = inner === r ? corners : 2 * corners;
    for (let i = 0; i < count; i += 1) {
      const [angle, length] = [turn + (2 * Math.PI * i) / count, i % 2 && inner !== r ? inner : r];
      points.push(`${(length * Math.cos(angle)).toFixed(1)} ${(length * Math.sin(angle)).toFixed(1)}`);
    }
    return `M${points.join("L")}Z`;
  };
  const plus = (r, a) => `M${-a} ${-r}H${a}V${-a}H${r}V${a}H${a}V${r}H${-a}V${a}H${-r}V${-a}H${-a}Z`;
  const MARKS = [
    `M5.5 0A5.5 5.5 0 1 1 -5.5 0A5.5 5.5 0 1 1 5.5 0Z`, "M-5 -5H5V5H-5Z", polygon(3, 7), polygon(4, 7),
    polygon(3, 7, 7, Math.PI / 2), plus(6, 2), polygon(5, 8, 3.5), polygon(5, 6.5),
  ];

  widgets("concepts", (box, data, id) => {
    const { concepts, places } = data;
    const index = new Map(concepts.map(({ name }, i) => [name.toLowerCase(), i]));
    const state = { x: 0, y: 1, chosen: data.start, hidden: new Set() };

    const input = html("input", { type: "search", list: `${id}-names`, autocomplete: "off", spellcheck: "false" });
    const list = html("datalist", { id: `${id}-names` }, ...concepts.map(({ name }) => new Option(name, name)));
    const across = select(data.axes, state.x), up = select(data.axes, state.y);
    const status = html("output", { "aria-live": "polite" });
    const legend = html("div", { class: "hl-concepts-legend", role: "group", "aria-label": "Categories shown" });
    const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "hl-concepts-svg" });
    const definition = html("p");
    const near = html("tbody"), loads = html("tbody");

    const scale = (axis, from, to) => {
      const values = places.map((row) => row[axis]);
      const low = Math.min(...values), span = Math.max(...values) - low || 1;
      return (i) => from + ((to - from) * (places[i][axis] - low)) / span;
    };
    const shown = (i) => !state.hidden.has(concepts[i].category) || i === state.chosen;

    // the chosen concept and its neighbours first; a name that would cover a name or a mark is left out
    const writeNames = (order, x, y) => {
      const size = box.clientWidth && box.clientWidth < 520 ? 20 : 12;
      const taken = [], visible = order.filter(shown), important = 1 + data.near[state.chosen].length;
      visible.forEach((i, rank) => {
        const width = concepts[i].name.length * size * 0.56;
        const left = x(i) + 9 + width > WIDTH ? x(i) - 9 - width : x(i) + 9;
        const place = { left, right: left + width, y: y(i) };
        const clear = (other, reach) => Math.abs(other.y - place.y) > reach || other.right < place.left ||
          other.left > place.right;
        const marks = rank < important ? [] : visible.filter((j) => j !== i)
          .map((j) => ({ left: x(j) - 5, right: x(j) + 5, y: y(j) }));
        const free = taken.every((one) => clear(one, size)) && marks.every((one) => clear(one, size * 0.6));
        if (!free && i !== state.chosen) return;
        taken.push(place);
        chart.append(svg("text", { x: left, y: y(i) + size * 0.35, "font-size": size,
          class: i === state.chosen ? "hl-concepts-chosen" : "" }, concepts[i].name));
      });
    };

    const draw = () => {
      const x = scale(state.x, LEFT, WIDTH - EDGE), y = scale(state.y, HEIGHT - BOTTOM, EDGE);
      const friends = data.near[state.chosen].map(([i]) => i);
      const order = [...new Set([state.chosen, ...friends, ...concepts.keys()])];
      chart.replaceChildren();
      for (const i of friends.filter(shown)) {
        chart.append(svg("line", { x1: x(state.chosen), y1: y(state.chosen), x2: x(i), y2: y(i) }));
      }
      for (const i of [...order].reverse().filter(shown)) {
        const mark = svg("path", { d: MARKS[concepts[i].category], "data-concept": i,
          transform: `translate(${x(i).toFixed(1)} ${y(i).toFixed(1)})${i === state.chosen ? " scale(1.7)" : ""}`,
          class: `hl-concepts-mark hl-concepts-${concepts[i].category}` });
        mark.append(svg("title", {}, concepts[i].name));
        chart.append(mark);
      }
      writeNames(order, x, y);
      chart.append(
        svg("text", { x: WIDTH / 2, y: HEIGHT - 6, "text-anchor": "middle", class: "hl-concepts-axis" },
          `${data.axes[state.x]} →`),
        svg("text", { x: -HEIGHT / 2, y: 16, "text-anchor": "middle", transform: "rotate(-90)",
          class: "hl-concepts-axis" }, `${data.axes[state.y]} →`));
      chart.setAttribute("aria-label", `Map of ${concepts.length} concepts: ${data.axes[state.x]} across, ` +
        `${data.axes[state.y]} upwards. ${concepts[state.chosen].name} is marked; the tables below list its neighbours.`);
    };

    const row = (head, number) =>
      html("tr", {}, html("th", { scope: "row" }, head), html("td", { class: "hl-number" }, number));
    const describe = () => {
      const { name, category, text } = concepts[state.chosen];
      definition.textContent = `${name} (${data.categories[category]}): ${text}`;
      near.replaceChildren(...data.near[state.chosen].map(([i, value]) => {
        const button = html("button", { type: "button", class: "hl-concepts-go" }, concepts[i].name);
        button.addEventListener("click", () => show(i, true));
        return row(button, value.toFixed(2));
      }));
      const own = places[state.chosen].map((value, axis) => [value, axis]).slice(data.principal);
      loads.replaceChildren(...own.sort((a, b) => b[0] - a[0]).slice(0, 6)
        .map(([value, axis]) => row(data.axes[axis], value.toFixed(2))));
      status.textContent = `${name}: most like ` +
        `${data.near[state.chosen].slice(0, 3).map(([i]) => concepts[i].name).join(", ")}.`;
    };

    const show = (i, byNeighbour = false) => {
      state.chosen = i;
      input.value = concepts[i].name;
      draw();
      describe();
      if (byNeighbour) near.querySelector("button").focus();
    };
    const search = (final) => {
      const asked = input.value.trim().toLowerCase();
      if (index.has(asked)) show(index.get(asked));
      else if (final && asked) {
        const like = concepts.filter(({ name }) => name.includes(asked)).slice(0, 5).map(({ name }) => name);
        status.textContent = `“${input.value.trim()}” is not one of the ${concepts.length} concepts.` +
          (like.length ? ` Like it: ${like.join(", ")}.` : "");
      }
    };
    input.addEventListener("input", () => search(false));
    input.addEventListener("change", () => search(true));
    for (const [control, axis] of [[across, "x"], [up, "y"]]) {
      control.addEventListener("change", () => {
        state[axis] = Number(control.value);
        draw();
      });
    }
    chart.addEventListener("click", (event) => {
      const mark = event.target.closest("[data-concept]");
      if (mark) show(Number(mark.dataset.concept));
    });
    data.categories.forEach((name, category) => {
      const sample = svg("svg", { viewBox: "-9 -9 18 18", class: "hl-concepts-sample", "aria-hidden": "true" });
      sample.append(svg("path", { d: MARKS[category], class: `hl-concepts-mark hl-concepts-${category}` }));
      const button = html("button", { type: "button", class: "hl-radar-button", "aria-pressed": "true" }, sample, name);
      button.addEventListener("click", () => {
        if (!state.hidden.delete(category)) state.hidden.add(category);
        button.setAttribute("aria-pressed", String(!state.hidden.has(category)));
        draw();
      });
      legend.append(button);
    });
    let pending = 0;
    addEventListener("resize", () => {
      cancelAnimationFrame(pending);
      pending = requestAnimationFrame(draw);
    });

    const table = (caption, head, body) => html("table", { class: "table hl-concepts-table" },
      html("caption", {}, caption), html("thead", {}, html("tr", {}, ...head.map((name, i) =>
        html("th", { scope: "col", ...(i ? { class: "hl-number" } : {}) }, name)))), body);
    box.append(html("div", { class: "hl-widget-tools" },
      labelled(`Concept (${concepts.length} to choose from)`, input), list,
      labelled("Across", across), labelled("Upwards", up)), legend, status, chart, definition,
    html("div", { class: "hl-concepts-tables" },
      table("Most similar concepts", ["Concept", "Similarity"], near),
      table("Strongest dimensions", ["Dimension", "Loading"], loads)));
    show(state.chosen);
  });
})();
