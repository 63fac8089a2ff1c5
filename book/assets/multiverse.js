/* Chooser of analysis specifications; built from parts.js. */
"use strict";

(() => {
  const { html, svg, labelled, select, widgets } = humanlike;
  const WIDTH = 640, HEIGHT = 280, LEFT = 60, RIGHT = 10, TOP = 12, BOTTOM = 30;
  const shown = (value, sign) => {
    if (value === null) return "–";
    const digits = Math.abs(value).toFixed(3);
    return (value < 0 ? "−" : sign ? "+" : "") + digits;
  };

  widgets("multiverse", (box, data, id) => {
    const words = { caption: "Correlation of distances with people's, by the chosen specification",
      marked: "published", sets: "words", ...data.words };
    const state = { set: 0, compare: 0, options: [] };
    const tools = html("div", { class: "hl-widget-tools" });
    const status = html("output", { "aria-live": "polite" });
    const body = html("tbody");
    const head = html("tr", {}, ...["", "Estimate", "Low", "High"].map((name) =>
      html("th", { scope: "col", ...(name ? { class: "hl-number" } : {}) }, name)));
    const table = html("table", { class: "table hl-multiverse-table" },
      html("caption", {}, words.caption),
      html("thead", {}, head), body);
    const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "slider", tabindex: "0",
      class: "hl-multiverse-svg" });
    let sorted = [];
    const legend = html("p", { class: "hl-multiverse-legend" },
      `● chosen   ◆ ${words.marked}   thin marks: all other specifications, sorted. A click, or the arrow keys on the curve, choose one.`);

    const set = () => data.sets[state.set];
    const number = (options) => set().axes.reduce((n, axis, i) => n * axis.options.length + options[i], 0);
    const published = () => {
      const places = set().axes.map((axis, i) => axis.options.indexOf(set().published[i]));
      return places.includes(-1) ? -1 : number(places);
    };
    const signed = (i) => set().contrast[i] || !set().contrast.includes(true);
    const contrasts = () => set().names.flatMap((_, i) => (signed(i) ? [i] : []));

    const reset = () => {
      state.options = set().axes.map((axis, i) => Math.max(0, axis.options.indexOf(set().published[i])));
    };

    const buildTools = () => {
      tools.replaceChildren();
      const language = select(data.sets.map((one) => one.label), state.set);
      language.addEventListener("change", () => {
        state.set = Number(language.value);
        state.compare = 0;
        reset();
        buildTools();
        update();
        tools.querySelector("select").focus();
      });
      if (data.sets.length > 1) tools.append(labelled(words.sets, language));
      set().axes.forEach((axis, i) => {
        const control = select(axis.options, state.options[i]);
        control.disabled = axis.options.length < 2;
        control.addEventListener("change", () => {
          state.options[i] = Number(control.value);
          update();
        });
        tools.append(labelled(axis.name === "words" ? "incomplete words" : axis.name, control));
      });
      const names = contrasts().map((i) => set().names[i]);
      const compare = select(names, state.compare);
      compare.addEventListener("change", () => {
        state.compare = Number(compare.value);
        update();
      });
      tools.append(labelled("curve of", compare));
      const back = html("button", { type: "button" },
        `${words.marked[0].toUpperCase()}${words.marked.slice(1)} specification`);
      back.addEventListener("click", () => {
        reset();
        buildTools();
        update();
        tools.querySelector("button").focus();
      });
      tools.append(back);
    };

    const drawChart = (values, chosen, first) => {
      const order = sorted = values.map((_, i) => i).sort((a, b) => values[a][0] - values[b][0] || a - b);
      const ends = values.flat().filter((value) => value !== null);
      const low = Math.min(0, ...ends), high = Math.max(0, ...ends);
      const pad = (high - low || 1) * 0.06;
      const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (high + pad - value) / (high - low + 2 * pad);
      const x = (place) => LEFT + (WIDTH - LEFT - RIGHT) * (place + 0.5) / order.length;
      chart.replaceChildren();
      const step = [0.02, 0.05, 0.1, 0.2, 0.5].find((one) => (high - low) / one <= 6) ?? 1;
      for (let tick = Math.ceil((low - pad) / step); tick * step <= high + pad; tick += 1) {
        const at = y(tick * step);
        chart.append(svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at,
          class: tick === 0 ? "hl-multiverse-zero" : "hl-multiverse-grid" }));
        chart.append(svg("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, (tick * step).toFixed(2)));
      }
      const mark = (spec, kind) => {
        const place = order.indexOf(spec), [value, from, to] = values[spec];
        if (from !== null) {
          chart.append(svg("line", { x1: x(place), x2: x(place), y1: y(from), y2: y(to), class: kind }));
        }
        if (kind === "hl-multiverse-first") {
          const [a, b] = [x(place), y(value)];
          chart.append(svg("path", { d: `M${a} ${b - 10}L${a + 10} ${b}L${a} ${b + 10}L${a - 10} ${b}Z`, class: kind }));
        } else {
          chart.append(svg("circle", { cx: x(place), cy: y(value),
            r: kind === "hl-multiverse-chosen" ? 6 : 1.8, class: kind }));
        }
      };
      order.forEach((spec) => mark(spec, "hl-multiverse-one"));
      if (first >= 0) mark(first, "hl-multiverse-first");
      mark(chosen, "hl-multiverse-chosen");
      chart.append(svg("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" },
        `${order.length} specifications, sorted`));
      return order.indexOf(chosen) + 1;
    };

    const update = () => {
      const spec = number(state.options), first = published();
      body.replaceChildren(...set().names.map((name, i) => {
        const [value, low, high] = set().values[i][spec];
        const sign = signed(i);
        return html("tr", {}, html("th", { scope: "row" }, name),
          ...[value, low, high].map((one) => html("td", { class: "hl-number" }, shown(one, sign))));
      }));
      const at = contrasts()[state.compare];
      const values = set().values[at], name = set().names[at];
      const place = drawChart(values, spec, first);
      const told = `${name}: ${shown(values[spec][0], true)}, place ${place} of ${values.length} from below` +
        (spec === first ? `, the ${words.marked} specification.` : first < 0 ? "." :
          `; ${words.marked} ${shown(values[first][0], true)}.`);
      status.textContent = told;
      const options = set().axes.map((axis, i) => `${axis.name} ${axis.options[state.options[i]]}`).join(", ");
      chart.setAttribute("aria-label", `Specification curve of ${name}`);
      Object.entries({ valuemin: 1, valuemax: values.length, valuenow: place, valuetext: `${told} ${options}.` })
        .forEach(([one, value]) => chart.setAttribute(`aria-${one}`, value));
    };

    // choose the specification at a place of the sorted curve
    const walk = (place) => {
      let rest = sorted[Math.min(Math.max(place, 0), sorted.length - 1)];
      for (let i = set().axes.length - 1; i >= 0; i -= 1) {
        const count = set().axes[i].options.length;
        state.options[i] = rest % count;
        rest = Math.floor(rest / count);
      }
      buildTools();
      update();
    };
    const here = () => sorted.indexOf(number(state.options));
    chart.addEventListener("click", (event) => {
      const area = chart.getBoundingClientRect(), across = ((event.clientX - area.left) / area.width) * WIDTH;
      walk(Math.floor(((across - LEFT) / (WIDTH - LEFT - RIGHT)) * sorted.length));
    });
    chart.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: here() - 1, ArrowDown: here() - 1, ArrowRight: here() + 1, ArrowUp: here() + 1,
        PageDown: here() - 10, PageUp: here() + 10, Home: 0, End: sorted.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      walk(to);
    });

    status.id = `${id}-status`;
    reset();
    buildTools();
    update();
    if (data.note) box.append(html("p", {}, html("strong", {}, data.note)));
    box.append(tools, status, table, chart, legend);
  });
})();
