# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags
#     formats: ipynb,py:percent
#     notebook_metadata_filter: kernelspec,jupytext
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% tags=["setup", "remove-cell"]
# On a fresh Colab this gets the book and what it needs. Anywhere else it does nothing.
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

if "google.colab" in sys.modules and importlib.util.find_spec("humanlike") is None:
    if not Path("humanlike-book").is_dir():
        clone = ["git", "clone", "--depth=1", "https://github.com/humanlike-book/humanlike", "humanlike-book"]
        subprocess.run(clone, check=True)
    os.chdir("humanlike-book")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "-e", "."], check=True)
    sys.path.insert(0, str(Path("src").resolve()))

# %% [markdown]
# # Benchmarks
#
# **Question.** Do models that do well on benchmarks also organise concepts like people, is one benchmark a better sign of it than
# another, and is there something in R² that no benchmark sees?
#
# Paper B {cite:p}`ingredients2025` correlates R² with public benchmark scores. It finds BigBench-Hard (BBH) the closest, MuSR the
# furthest, and concludes that no benchmark accounts for alignment. It releases no scores and the text at hand has lost the
# coefficients. The scores here were compiled from the Open LLM Leaderboard and from two re-evaluations
# (`data/benchmarks/`): IFEval (following instructions), BBH, MATH level 5, GPQA, MuSR and MMLU-Pro, the successor of the MMLU that the paper names. R² is
# taken as printed; how far it is agreement with people is the question of {doc}`/notebooks/alignment`.

# %% tags=["parameters"]
benchmarks: list[str] = ["ifeval", "bbh", "math_lvl5", "gpqa", "musr", "mmlu_pro"]  # which ones, at least two, in {"ifeval", "bbh", "math_lvl5", "gpqa", "musr", "mmlu_pro"}
scores: str = "leaderboard"  # whose scores, see the table of choices below, in {"leaderboard", "normalised", "one protocol", "all found"}
family_grouping: str = "family"  # what is resampled together, in {"family", "generation", "organisation"}
n_boot: int = 10000  # resamples of models and of groups, in [100, 1000000]
seed: int = 1  # seed of the resampling, in [0, 4294967295]

# %% tags=["remove-output"]
from humanlike.analysis import benchmarks as bench
from humanlike.book.record import begin

page = begin("benchmarks")
frame = bench.load_scores(scores, family_grouping)
order = bench.in_order(benchmarks)

# %% [markdown]
# ## Which models have a score

# %%
shown = frame.assign(training=frame["tuned"].map({True: "tuned", False: "base"}))
page.table(
    shown[["model", "r2", "training", *order]].set_axis(["Model", "R²", "Training", *(bench.LABELS[n] for n in order)], axis="columns"),
    caption=f"R² and benchmark scores ({scores}); a dash where no score was found", search=True, filters=["Training"],
    formats=dict.fromkeys(["R²", *(bench.LABELS[n] for n in order)], ".3f"),
)  # fmt: skip

# %% tags=["remove-output"]
page.record("n_models", len(frame))
page.record("n_any", int(frame[order].notna().any(axis=1).sum()))
page.record("n_complete", len(bench.complete(frame, order)))
page.record("n_benchmarks", len(order))
with_scores, without = (frame["r2"][frame[order].notna().any(axis=1) == has].mean() for has in (True, False))
page.record("mean.with", with_scores)
page.record("mean.without", without)

# %% [markdown]
# {value}`n_any` of {value}`n_models` models have a score, {value}`n_complete` on all {value}`n_benchmarks` benchmarks. They are not a random
# sample: their mean R² is {value}`mean.with`, that of the others {value}`mean.without`.
#
# (sec-benchmarks-correlations)=
# ## How benchmarks go with R²
#
# Three intervals are at hand. Resampling models takes them as independent draws; resampling whole families takes into account that
# they are not; Fisher's closed form is in the table.

# %%
from humanlike.plots.benchmarks import by_training
from humanlike.plots.forest import forest

table = bench.correlations(frame, order, n_boot, seed)
rows = {"models resampled": table.rename(columns={"r": "estimate"}),
        "families resampled": table[["r", "group_low", "group_high"]].set_axis(["estimate", "low", "high"], axis="columns")}  # fmt: skip
page.figure(
    forest(list(table["label"]), rows, "Pearson's r with R² (−1 to 1), 95 % interval"),
    "fig-benchmarks-correlations",
    caption="Correlation of R² with each benchmark.",
    alt="Correlations with R²: " + ", ".join(f"{row.label} {row.r:.2f}" for row in table.itertuples()) + ".",
)

# %%
page.table(
    table[["label", "n", "groups", "r", "low", "high", "group_low", "group_high", "fisher_low", "fisher_high", "p_holm", "rho"]].set_axis(
        ["Benchmark", "Models", "Families", "r", "Low", "High", "Low (families)", "High (families)", "Low (Fisher)", "High (Fisher)",
         "p (Holm)", "ρ"], axis="columns"),
    caption=f"Correlation of R² with each benchmark ({scores})",
    formats={**dict.fromkeys(["r", "Low", "High", "Low (families)", "High (families)", "Low (Fisher)", "High (Fisher)", "ρ"], "+.2f"),
             "p (Holm)": ".2g"},
)  # fmt: skip

# %% tags=["remove-output"]
for row in table.itertuples():
    page.record(f"r.{row.name}", row.r, (row.low, row.high))
    page.record(f"r_group.{row.name}", row.r, (row.group_low, row.group_high))
    page.record(f"n.{row.name}", row.n)
ranked = table.sort_values("r", ascending=False)
page.record("best", ranked["label"].iloc[0])
page.record("worst", ranked["label"].iloc[-1])
page.record("second", ranked["label"].iloc[1])
page.record("best.explained", ranked["r"].iloc[0] ** 2, (max(ranked["group_low"].iloc[0], 0) ** 2, ranked["group_high"].iloc[0] ** 2))
page.record("best.explained_high", ranked["group_high"].iloc[0] ** 2)

# %% tags=["remove-output"]
of = table.set_index("name")["r"]
general, special = [n for n in ("bbh", "mmlu_pro", "ifeval") if n in of], [n for n in ("math_lvl5", "musr") if n in of]
page.record("general_above_special", bool(of[general].min() > of[special].max()))
page.record("general_above_gpqa", bool("gpqa" not in of or of[general].min() > of["gpqa"]))

# %% [markdown]
# {value}`best` has the highest correlation, {value}`worst` the lowest: BBH {value}`r.bbh` {interval}`r_group.bbh`, IFEval {value}`r.ifeval`
# {interval}`r_group.ifeval`, MMLU-Pro {value}`r.mmlu_pro` {interval}`r_group.mmlu_pro`, MATH {value}`r.math_lvl5`
# {interval}`r_group.math_lvl5`, GPQA {value}`r.gpqa` {interval}`r_group.gpqa` and MuSR {value}`r.musr` {interval}`r_group.musr`
# (families resampled).
#
# (sec-benchmarks-differences)=
# ## Is one benchmark a better sign than another?
#
# All correlations share R² and the models, so overlap of intervals is no test. The correlations are compared in pairs, on the models
# that have every score: by Zou's interval {cite:p}`zou2007` and Steiger's *Z* {cite:p}`steiger1980`, and by resampling families.

# %%
pairs, boot = bench.differences(frame, order, n_boot, seed)
places = bench.first_places(boot)
page.table(
    pairs[["a", "b", "r_a", "r_b", "r_ab", "difference", "low", "high", "p", "p_holm", "group_low", "group_high"]].set_axis(
        ["Benchmark", "against", "r", "r of the other", "r between them", "Difference", "Low", "High", "p", "p (Holm)",
         "Low (families)", "High (families)"], axis="columns"),
    caption="Differences between correlations with R²: Zou's interval, Steiger's p, and the interval with families resampled",
    formats={**dict.fromkeys(["r", "r of the other", "r between them"], ".2f"), **dict.fromkeys(["p", "p (Holm)"], ".2g"),
             **dict.fromkeys(["Difference", "Low", "High", "Low (families)", "High (families)"], "+.2f")}, filters=["Benchmark"],
)  # fmt: skip

# %% tags=["remove-output"]
for name, share in places.items():
    page.record(f"first.{name}", share)
page.record("pairs", len(pairs))
page.record("pairs_p", int((pairs["p"] < 0.05).sum()))
page.record("pairs_holm", int((pairs["p_holm"] < 0.05).sum()))
page.record("pairs_without_worst", int((pairs["p"][~pairs[["a", "b"]].isin([table.loc[table["r"].idxmin(), "label"]]).any(axis=1)] < 0.05).sum()))
gap, low, high = boot.difference(*ranked["name"].iloc[:2])
page.record("gap.best_second", gap, (low, high))

# %% [markdown]
# Of {value}`pairs` pairs {value}`pairs_p` differ at 0.05, {value}`pairs_without_worst` of them without {value}`worst`, and
# {value}`pairs_holm` after Holm's correction. {value}`best` leads {value}`second` by {value}`gap.best_second` {interval}`gap.best_second`;
# in {value}`first.bbh` of the resamples of families BBH comes first, in {value}`first.ifeval` IFEval and in {value}`first.mmlu_pro`
# MMLU-Pro. So the order above, {value}`worst` aside, is not established by these models.
#
# (sec-benchmarks-competences)=
# ### Two competences?
#
# The paper adds that BBH and IFEval correlate less with each other than each does with R², and reads this as R² capturing what both
# have apart. The comparison shares a variable, too.

# %%
two = bench.compare_links(frame, "bbh", "ifeval")
for row in two.itertuples():
    print(f"r({row.shared}, R²) = {row.with_r2:.3f}, r({row.shared}, {row.other}) = {row.between:.3f}")
    print(f"    difference {row.difference:+.3f} [{row.low:+.3f}, {row.high:+.3f}], Z = {row.z:.2f}, p = {row.p:.2g}")

# %% tags=["remove-output"]
for row in two.itertuples():
    page.record(f"link.{row.name}", row.difference, (row.low, row.high))
    page.record(f"link_p.{row.name}", row.p)
page.record("link.between", two["between"].iloc[0])
page.record("link_weaker", bool((two["difference"] > 0).all() and (two["p"] < 0.05).all()))
for kind, tuned in (("tuned", True), ("base", False)):
    for row in bench.compare_links(frame[frame["tuned"] == tuned], "bbh", "ifeval").itertuples():
        page.record(f"link_{kind}.{row.name}", row.difference, (row.low, row.high))

# %% [markdown]
# On the models with both scores r(BBH, IFEval) is {value}`link.between`; r(BBH, R²) is higher by {value}`link.bbh` {interval}`link.bbh`,
# r(IFEval, R²) by {value}`link.ifeval` {interval}`link.ifeval`. The same holds among tuned models ({value}`link_tuned.bbh`
# {interval}`link_tuned.bbh` and {value}`link_tuned.ifeval` {interval}`link_tuned.ifeval`); for base models the intervals
# are too wide to say ({interval}`link_base.bbh` and {interval}`link_base.ifeval`).
#
# (sec-benchmarks-apart)=
# ## Base and tuned models apart
#
# A base model does not follow instructions and is badly scored where a benchmark needs that. Mixing base and tuned models puts two
# clouds on one line.

# %%
apart = {kind: bench.correlations(frame[frame["tuned"] == tuned], order, n_boot, seed)
         for kind, tuned in (("tuned", True), ("base", False))}  # fmt: skip
bars = {"all": table, **apart}
page.figure(
    forest(list(table["label"]), {f"{k} (n = {t['n'].max()})": t.set_index("name").reindex(order).rename(columns={"r": "estimate"})
                                  for k, t in bars.items()}, "Pearson's r with R² (−1 to 1), 95 % interval"),
    "fig-benchmarks-apart",
    caption="Correlation of R² with each benchmark over all, tuned and base models; models resampled.",
    alt="Correlations with R² among tuned models: " + ", ".join(f"{row.label} {row.r:.2f}" for row in apart["tuned"].itertuples()) + ".",
)  # fmt: skip

# %%
drawn = {name: f"{bench.LABELS[name]} (0 to {'100' if scores == 'normalised' else '1'})" for name in ("bbh", "mmlu_pro") if name in order}
page.figure(
    by_training(frame, drawn or {order[0]: bench.LABELS[order[0]]}),
    "fig-benchmarks-scatter",
    caption="R² against the scores, with a straight line for base and for tuned models.",
    alt="Scatter plots of R² against benchmark scores. Tuned models lie close to a rising line; base models scatter below it.",
)

# %% tags=["remove-output"]
for kind, part in apart.items():
    for row in part.itertuples():
        page.record(f"r_{kind}.{row.name}", row.r, (row.low, row.high))
        page.record(f"r_{kind}_group.{row.name}", row.r, (row.group_low, row.group_high))
        page.record(f"n_{kind}.{row.name}", row.n)
top = apart["tuned"].sort_values("r").iloc[-1]
page.record("best_tuned", top["label"])
page.record("best_tuned.explained", top["r"] ** 2, (max(top["group_low"], 0) ** 2, top["group_high"] ** 2))

# %%
from humanlike.stats.groups import welch

rest = bench.residuals(frame, "bbh")
is_tuned = frame.loc[rest.index, "tuned"]
below = welch(rest[~is_tuned], rest[is_tuned])
print("R² beyond the line through BBH, base minus tuned:")
print(f"    {below.difference:+.3f} [{below.low:+.3f}, {below.high:+.3f}], p = {below.p:.2g}")

# %% tags=["remove-output"]
page.record("base_below", below.difference, (below.low, below.high))
page.record("base_is_below", below.high < 0)
models = bench.joint_fits(frame, order)
for row in models.itertuples():
    page.record(f"r2_one.{row.name}", row.alone)
    page.record(f"r2_two.{row.name}", row.with_tuning)
leader = models.loc[models["with_tuning"].idxmax()]
page.record("two.best", leader["label"])
page.record("two.explained", leader["with_tuning"])

# %% [markdown]
# Among the {value}`n_tuned.mmlu_pro` tuned models MMLU-Pro correlates with R² at {value}`r_tuned.mmlu_pro` {interval}`r_tuned_group.mmlu_pro`
# and BBH at {value}`r_tuned.bbh` {interval}`r_tuned_group.bbh` (families resampled); among the {value}`n_base.mmlu_pro` base models at
# {value}`r_base.mmlu_pro` {interval}`r_base_group.mmlu_pro` and {value}`r_base.bbh` {interval}`r_base_group.bbh`. For tuned models
# {value}`best_tuned`, picked as the highest and so a little flattered, alone gives {value}`best_tuned.explained` of the variance of R²
# {interval}`best_tuned.explained`. At the same
# BBH score base models differ from tuned ones by {value}`base_below` {interval}`base_below`: the gap the paper notes.
#
# So part of what the benchmarks leave open over all models is the difference between base and tuned ones, which the task itself may make: one
# has to answer with the name of an item. With that one bit beside it {value}`two.best` explains {value}`two.explained` of the
# variance of R² in all models.
#
# (sec-benchmarks-protocols)=
# ## Another protocol, other models
#
# | Scores | What they are |
# |---|---|
# | leaderboard | fractions correct of the Open LLM Leaderboard; chat template for most tuned models |
# | normalised | the same on the leaderboard's scale, where guessing is 0 |
# | one protocol | a re-evaluation of base and tuned models alike, without chat template; fewer families |
# | all found | every score, whatever its protocol |

# %%
every = {kind: bench.correlations(bench.load_scores(kind, family_grouping), order, n_boot, seed) for kind in bench.SCORES}
page.figure(
    forest([bench.LABELS[n] for n in order], {k: t.set_index("name").reindex(order).rename(columns={"r": "estimate"})
                                              for k, t in every.items()}, "Pearson's r with R² (−1 to 1), 95 % interval"),
    "fig-benchmarks-protocols",
    caption="Correlation of R² with each benchmark by whose scores are used; models resampled.",
    alt="Four correlations per benchmark. " + "; ".join(f"{k}: highest {t.loc[t['r'].idxmax(), 'label']}, lowest {t.loc[t['r'].idxmin(), 'label']}" for k, t in every.items()) + ".",
)

# %% tags=["remove-output"]
short = {"leaderboard": "leaderboard", "normalised": "normalised", "one protocol": "one", "all found": "all"}
for kind, part in every.items():
    for row in part.itertuples():
        page.record(f"r_{short[kind]}.{row.name}", row.r, (row.low, row.high))
        page.record(f"n_{short[kind]}.{row.name}", row.n)
    page.record(f"best.{short[kind]}", part.loc[part["r"].idxmax(), "label"])
    page.record(f"worst.{short[kind]}", part.loc[part["r"].idxmin(), "label"])
same = bench.same_models("leaderboard", "one protocol", order)
for row in same.itertuples():
    page.record(f"same_leaderboard.{row.name}", row.first)
    page.record(f"same_one.{row.name}", row.second)
page.record("same.n", int(same["n"].min()))
page.record("bbh_always_best", all(part.loc[part["r"].idxmax(), "name"] == "bbh" for part in every.values()))
page.record("musr_always_worst", all(part.loc[part["r"].idxmin(), "name"] == "musr" for part in every.values()))

# %% [markdown]
# On the re-evaluation by one protocol ({value}`n_one.bbh` models) {value}`best.one` comes first and {value}`worst.one` last; MuSR rises from
# {value}`r_leaderboard.musr` to {value}`r_one.musr` {interval}`r_one.musr`. With every score found ({value}`n_all.bbh` models at most)
# {value}`best.all` is first and {value}`worst.all` last. Which models were scored is not all of it, though
# {value}`same.n` models are few to say so: on those that have both scores MuSR correlates at {value}`same_leaderboard.musr` by the leaderboard and {value}`same_one.musr` by the other
# protocol, BBH at {value}`same_leaderboard.bbh` and {value}`same_one.bbh`.
#
# (sec-benchmarks-math)=
# ## MATH before and after
#
# In early 2025 the leaderboard scored MATH anew, after correct answers had been counted as wrong for many models.

# %%
math = frame.dropna(subset=["math_lvl5", "math_before"])
after, before = (bench.correlations(math, [name], n_boot, seed) for name in ("math_lvl5", "math_before"))
changed = bench.compare_scores(math, "math_lvl5", "math_before")
page.figure(
    by_training(math, {"math_before": "MATH level 5, before", "math_lvl5": "MATH level 5, after"}),
    "fig-benchmarks-math",
    caption="R² against MATH before and after the leaderboard scored it anew.",
    alt="Two scatter plots of R² against MATH. Before, many tuned models with high R² have scores near zero; after, they spread "
    "over the whole range.",
)

# %% tags=["remove-output"]
page.record("math.n", len(math))
for key, part in (("after", after), ("before", before)):
    page.record(f"math.{key}", part["r"].iloc[0], (part["group_low"].iloc[0], part["group_high"].iloc[0]))
page.record("math.change", changed.difference, (changed.low, changed.high))
page.record("math.p", changed.p)
moved = (math["math_lvl5"] - math["math_before"]).abs()
page.record("math.largest", moved.max())
page.record("math.largest_model", math.loc[moved.idxmax(), "model"])

# %% [markdown]
# On {value}`math.n` models the correlation is {value}`math.after` {interval}`math.after` with the new scores and {value}`math.before`
# {interval}`math.before` with the old: a change of {value}`math.change` {interval}`math.change` (Zou), from an error in scoring.
# {value}`math.largest_model` alone moved by {value}`math.largest`. How well mathematics goes with R² therefore depends on
# the month in which the table was read.
#
# ## What was found
#
# - The {claims}`benchmarks` claims of this section ({doc}`/book/ledger`): {verdicts}`benchmarks`.
# - BBH has the highest ({value}`r_leaderboard.bbh`) and MuSR the lowest correlation ({value}`r_leaderboard.musr`) on the leaderboard, but of all pairs of
#   benchmarks few can be told apart ({value}`pairs_holm` of {value}`pairs` after correction), and other scores give another order.
# - Base and tuned models must be kept apart. Among tuned ones {value}`best_tuned` explains {value}`best_tuned.explained` of the variance of R²
#   {interval}`best_tuned.explained`, somewhat flattered by being picked: much more than the paper's conclusion lets expect.
# - The correlation of MATH moved by {value}`math.change` when its answers were scored properly.
