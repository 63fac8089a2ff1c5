/* The local application (`humanlike serve`): shows the jobs and how far they are. Texts are put in as texts. */
"use strict";

(() => {
  const { html } = humanlike;
  const EVERY = 700;
  const WORDS = { waiting: "waiting", running: "running", done: "done", failed: "failed", stopped: "stopped" };
  const token = document.querySelector("meta[name=humanlike-token]").content;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => { document.documentElement.dataset.theme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", paint);
  paint();

  const ask = async (path, options) => {
    const answer = await fetch(path, options);
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error);
    return said;
  };
  const ended = (job) => !["waiting", "running"].includes(job.state);
  const settings = (job) => [
    job.profile, ...Object.entries(job.texts).map(([name, text]) => `${name}=${text}`)].join(", ");
  const when = (job) => new Date(1000 * job.asked).toLocaleString();

  // redraw only what changed, so that the focus stays where it is and nothing is read out twice
  const draw = (place, state, make) => {
    const now = JSON.stringify(state);
    if (place.dataset.drawn === now) return;
    place.dataset.drawn = now;
    place.replaceChildren(...make());
  };
  const watch = (step) => {
    const again = async () => {
      let more = true;
      try {
        more = await step();
        document.querySelector(".hl-app-lost")?.remove();
      } catch (problem) {
        if (!document.querySelector(".hl-app-lost")) {
          const words = problem instanceof TypeError
            ? "The server does not answer. Start it again with humanlike serve; it knows its jobs." : problem.message;
          document.querySelector("main").prepend(html("p", { class: "hl-app-lost", role: "alert" }, words));
        }
      }
      if (more) setTimeout(again, EVERY);
    };
    again();
  };

  const link = (address, words) => html("a", { href: address }, words);
  const row = (job) => html("tr", {},
    html("td", {}, link(job.page, job.chapter)), html("td", {}, settings(job)),
    html("td", {}, job.state === "running" && job.total ? `cell ${job.done} of ${job.total}` : WORDS[job.state]),
    html("td", {}, when(job)), html("td", {}, job.run_page ? link(job.run_page, "page") : "–"));
  const list = document.querySelector("#hl-jobs");
  if (list) {
    watch(async () => {
      const jobs = await ask("/jobs");
      draw(list, jobs, () => {
        if (!jobs.length) return ["None yet."];
        const heads = ["Chapter", "Settings", "State", "Asked", "Run"];
        const head = html("tr", {}, ...heads.map((words) => html("th", { scope: "col" }, words)));
        const table = html("table", { "aria-labelledby": "jobs-heading" },
          html("thead", {}, head), html("tbody", {}, ...jobs.map(row)));
        return [html("div", { class: "hl-app-scroll", tabindex: "0" }, table)];
      });
      return true;
    });
  }

  const place = document.querySelector("#hl-job");
  if (!place) return;
  const path = `/jobs/${place.dataset.job}`;
  const status = html("p", { role: "status" });
  const bar = html("progress", { "aria-label": "Cells finished" });
  const parts = html("div");
  const stop = html("button", { type: "button" }, "Stop");
  stop.addEventListener("click", () => {
    stop.disabled = true;
    const headers = { "Content-Type": "application/json", "X-Humanlike-Token": token };
    ask(`${path}/stop`, { method: "POST", headers, body: "null" }).catch((problem) => {
      status.textContent = problem.message;
    });
  });
  place.replaceChildren(html("p", { class: "hl-app-settings" }), status, bar, stop, parts);

  const say = (job) => {
    if (job.state === "waiting") return "Waiting for the runs before it.";
    if (job.state === "done") return "Done.";
    if (ended(job)) return `${job.state === "failed" ? "It failed." : "It was stopped."}`;
    if (!job.total) return "Starting.";
    return job.done < job.total ? `Cell ${job.done} of ${job.total} is finished; now: ${job.section}.`
      : "All cells are finished; the page is being written.";
  };
  const show = (job) => {
    place.querySelector(".hl-app-settings").textContent = `${job.chapter}: ${settings(job)}`;
    status.textContent = say(job);
    bar.hidden = stop.hidden = ended(job);
    if (job.total) {
      bar.max = job.total;
      bar.value = job.done;
    }
    const { error, messages, run_page: page } = job;
    draw(parts, { error, messages, page }, () => [
      ...(page ? [html("p", {}, link(page, "Open the page of this run"))] : []),
      ...(error ? [html("pre", { class: "hl-app-error", role: "alert" }, error)] : []),
      ...(messages.length ? [html("h2", {}, "What it said"), html("pre", {}, messages.join("\n"))] : []),
    ]);
  };
  let before = "";
  watch(async () => {
    const job = await ask(`${path}/state`);
    show(job);
    if (job.state === "done" && before === "running") location.assign(job.run_page);
    before = job.state;
    return !ended(job);
  });
})();
