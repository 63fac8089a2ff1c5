/* Forecast of a study of triplets, interpolated from simulated ones; built from parts.js. */
"use strict";

(() => {
  const { html, labelled, widgets } = humanlike;

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

    const update = () => {
      const [n, d, asked] = [items, dims, triplets].map((input) => Number(input.value));
      const level = Number(agreement.value) / 100;
      const unit = (n * d * Math.log2(n)) / (1 - data.heldOut), factor = asked / unit;
      const wrong = problems(n, d, asked, level, factor);
      if (wrong.length) {
        status.textContent = `No forecast: simulated were ${wrong.join("; ")}.`;
        body.replaceChildren();
        return;
      }
      status.textContent = `${whole(asked * (1 - data.heldOut))} triplets to train on are ${factor.toFixed(2)} times n d log₂ n, ` +
        `and ${((200 * asked) / (n * (n - 1) * (n - 2))).toFixed(1)} % of all triplets are asked.`;
      body.replaceChildren(...data.losses.map((loss) => html("tr", {}, html("th", { scope: "row" }, loss.name),
        ...[`${forecast(loss.r2, d, level, factor).toFixed(2)} ± ${loss.error.toFixed(2)}`,
          `${(100 * forecast(loss.fresh, d, level, factor)).toFixed(0)} %`,
          needed(loss, d, level, unit, (n * (n - 1) * (n - 2)) / 2)]
          .map((text) => html("td", { class: "hl-number" }, text)))));
    };

    box.append(html("div", { class: "hl-widget-tools" }, itemsLabel, dimsLabel, tripletsLabel, agreementLabel,
      labelled("Target R²", target)), status, table);
    update();
  });
})();
