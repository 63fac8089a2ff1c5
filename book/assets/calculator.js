/* Forecast of a study of triplets, interpolated from simulated ones; built from parts.js. */
"use strict";

(() => {
  const { html, svg, labelled, widgets } = humanlike;
  const WIDTH = 640, HEIGHT = 300, LEFT = 48, RIGHT = 14, TOP = 30, BOTTOM = 46;

  // place of a value between the points of a rising axis: [left point, part of the way to the next]
  const between = (axis, value) => {
    let i = 0;
    while (i < axis.length - 2 && value > axis[i + 1]) i += 1;
    return [i, Math.min(1, Math.max(0, (value - axis[i]) / (axis[i + 1] - axis[i])))];
  };
  const mix = (a, b, part) => a + (b - a) * part;
  const whole = (number) => Math.round(number).toLocaleString("en");

  widgets("calculator", (box, data, id) => {
    const [logDims, logFactors] = [data.dims, data.factors].map((axis) => axis.map(Math.log));
    const [low, high] = [data.factors[0], data.factors[data.factors.length - 1]];
    const [worst, best] = [data.levels[0], data.levels[data.levels.length - 1]];
    const forecast = (table, dims, level, factor) => {
      const [d, dPart] = between(logDims, Math.log(dims));
      const [l, lPart] = between(data.levels, level);
      const [f, fPart] = between(logFactors, Math.log(factor));
      const line = (i, j) => mix(table[i][j][f], table[i][j][f + 1], fPart);
      return mix(mix(line(d, l), line(d, l + 1), lPart), mix(line(d + 1, l), line(d + 1, l + 1), lPart), dPart);
    };

    const field = (words, name, least, most, step) => {
      const input = html("input", { type: "number", min: least, max: most, step, value: data.start[name] });
      input.addEventListener("input", () => update());
      return [input, labelled(words, input)];
    };
    const [items, itemsLabel] = field("Items", "items", data.items[0], data.items[1], 1);
    const [dims, dimsLabel] = field("Dimensions", "dims", data.dims[0], data.dims[data.dims.length - 1], 1);
    const [triplets, tripletsLabel] = field("Triplets asked", "triplets", 100, 10000000, 100);
    const [agreement, agreementLabel] = field("Agreement, %", "agreement", 100 * worst, 100 * best, 1);
    const target = html("input", { type: "number", min: 0.1, max: 0.99, step: 0.01, value: 0.9 });
    target.addEventListener("input", () => update());
    const status = html("output", { "aria-live": "polite", id: `${id}-status` });
    const body = html("tbody");
    const table = html("table", { class: "table hl-calculator-table" },
      html("caption", {}, "Forecast for each loss"),
      html("thead", {}, html("tr", {}, ...["Loss", "Recovered R²", "Accuracy, new questions", "Triplets for the target"]
        .map((name, i) => html("th", { scope: "col", ...(i ? { class: "hl-number" } : {}) }, name)))), body);

    const problems = (n, d, asked, level, factor) => {
      const all = (n * (n - 1) * (n - 2)) / 2;
      const inside = (value, least, most) => value >= least && value <= most;
      return [
        !inside(n, ...data.items) && `items from ${data.items[0]} to ${data.items[1]}`,
        !inside(d, data.dims[0], data.dims[data.dims.length - 1]) &&
          `dimensions from ${data.dims[0]} to ${data.dims[data.dims.length - 1]}`,
        !inside(level, worst, best) && `agreement from ${100 * worst} to ${100 * best} %`,
        asked > all ? `at most ${whole(all)} triplets, which is all there are` : !inside(factor, low, high) &&
          n >= 3 && d >= 1 && `${whole((low * n * d * Math.log2(n)) / (1 - data.heldOut))} to ` +
          `${whole((high * n * d * Math.log2(n)) / (1 - data.heldOut))} triplets for this design`,
      ].filter(Boolean);
    };

    const needed = (loss, d, level, unit, most) => {
      for (let step = 0; step <= 200; step += 1) {
        const factor = low * (high / low) ** (step / 200);
        if (forecast(loss.r2, d, level, factor) >= Number(target.value)) {
          const asked = factor * unit;
          return asked > most ? "more than exist" : (step ? "" : "≤ ") + whole(Number(asked.toPrecision(2)));
        }
      }
      return "not reached";
    };

    const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "hl-calculator-svg" });
    const legend = html("p", { class: "hl-calculator-legend" });
    data.losses.forEach((loss, i) => {
      const sample = svg("svg", { viewBox: "0 0 34 10", "aria-hidden": "true" });
      sample.append(svg("line", { x1: 1, x2: 33, y1: 5, y2: 5, class: `hl-calculator-line hl-calculator-${i}` }));
      legend.append(html("span", {}, sample, loss.name));
    });
    const short = (number) => (number >= 1e6 ? `${number / 1e6} M` : number >= 1000 ? `${number / 1000} k` : String(number));

    // R² against the number of triplets, for this number of items and dimensions and this agreement
    const drawCurve = (d, level, unit, asked, most) => {
      const [from, to] = [low * unit, Math.min(high * unit, most)];
      const x = (n) => LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(n / from)) / Math.log(to / from);
      const y = (r2) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(1, Math.max(0, r2)));
      chart.replaceChildren();
      for (let tick = 0; tick <= 5; tick += 1) {
        chart.append(svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick / 5), y2: y(tick / 5), class: "hl-calculator-grid" }),
          svg("text", { x: LEFT - 6, y: y(tick / 5) + 4, "text-anchor": "end" }, (tick / 5).toFixed(1)));
      }
      for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power += 1) {
        for (const n of [1, 2, 5].map((one) => one * 10 ** power).filter((one) => one >= from && one <= to)) {
          chart.append(svg("text", { x: x(n), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, short(n)));
        }
      }
      chart.append(svg("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, "Triplets asked"),
        svg("text", { x: 4, y: 18 }, "Recovered R²"),
        svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(Number(target.value)), y2: y(Number(target.value)), class: "hl-calculator-mark" }),
        svg("line", { x1: x(asked), x2: x(asked), y1: TOP, y2: HEIGHT - BOTTOM, class: "hl-calculator-mark" }));
      data.losses.forEach((loss, i) => {
        const points = Array.from({ length: 61 }, (_, step) => from * (to / from) ** (step / 60))
          .map((n) => `${x(n).toFixed(1)},${y(forecast(loss.r2, d, level, n / unit)).toFixed(1)}`);
        chart.append(svg("polyline", { points: points.join(" "), class: `hl-calculator-line hl-calculator-${i}` }));
      });
      chart.setAttribute("aria-label", "Learning curves: recovered R² against triplets asked, by loss. " + data.losses
        .map((loss) => `${loss.name} from ${forecast(loss.r2, d, level, from / unit).toFixed(2)} at ${whole(from)} ` +
          `to ${forecast(loss.r2, d, level, to / unit).toFixed(2)} at ${whole(to)}`).join("; ") + ".");
    };

    const update = () => {
      const [n, d, asked] = [items, dims, triplets].map((input) => Number(input.value));
      const level = Number(agreement.value) / 100;
      const unit = (n * d * Math.log2(n)) / (1 - data.heldOut), factor = asked / unit;
      const wrong = problems(n, d, asked, level, factor);
      if (wrong.length) {
        status.textContent = `No forecast: simulated were ${wrong.join("; ")}.`;
        body.replaceChildren();
        chart.replaceChildren();
        chart.setAttribute("aria-label", "No learning curves: the design lies outside what was simulated.");
        return;
      }
      status.textContent = `${whole(asked * (1 - data.heldOut))} triplets to train on are ${factor.toFixed(2)} times n d log₂ n, ` +
        `and ${((200 * asked) / (n * (n - 1) * (n - 2))).toFixed(1)} % of all triplets are asked.`;
      body.replaceChildren(...data.losses.map((loss) => html("tr", {}, html("th", { scope: "row" }, loss.name),
        ...[`${forecast(loss.r2, d, level, factor).toFixed(2)} ± ${loss.error.toFixed(2)}`,
          `${(100 * forecast(loss.fresh, d, level, factor)).toFixed(0)} %`,
          needed(loss, d, level, unit, (n * (n - 1) * (n - 2)) / 2)]
          .map((text) => html("td", { class: "hl-number" }, text)))));
      drawCurve(d, level, unit, asked, (n * (n - 1) * (n - 2)) / 2);
    };

    box.append(html("div", { class: "hl-widget-tools" }, itemsLabel, dimsLabel, tripletsLabel, agreementLabel,
      labelled("Target R²", target)), status, table, chart, legend);
    update();
  });
})();
