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
# # From judgements to an embedding
#
# **Question.** A judge says thousands of times which of two things is nearer to a third. How does one get a space from that, and how much of the
# space is the judge and how much the method?
#
# Paper B {cite:p}`ingredients2025` fits a 30-dimensional space to each model's answers by the *crowd-kernel* loss {cite:p}`tamuz2011`, with a
# fifth of the answers held out. It reports neither a held-out loss nor an accuracy, and released no answers. This chapter
# derives the loss, fits it to judges whose mind is known and to a real model that is asked here and now, and puts four
# other losses beside it.

# %% tags=["parameters"]
n_triplets: int = 35000  # questions put to every judge, a fifth held out, in [5000, 341376]
n_dims: int = 30  # dimensions of the space, in [2, 60]
loss: str = "crowd_kernel"  # loss whose dimensions and spread are examined, in {"crowd_kernel", "ste", "t_ste", "soe", "gnmds"}
model: str = "encoder:"  # the model that is asked, by its spec; answers already in the store are used
n_boot: int = 200  # resamples of the model's answers, in [10, 10000]
seed: int = 1  # seed of questions, answers, splits and starts, in [0, 4294967295]

# %% tags=["remove-output"]
import numpy as np

from humanlike.analysis import embedding as study
from humanlike.analysis.measured import benchmark_table, load_benchmark
from humanlike.book.record import begin
from humanlike.plots import embedding as figures
from humanlike.stats import OrdinalEmbedding
from humanlike.stats.triplet_losses import LOSSES, CrowdKernel

page = begin("embedding")

# %% [markdown]
# ## The crowd-kernel loss
#
# Place the concepts as points $x_1, \dots, x_n$ in $d$ dimensions and let $D_{ab} = \lVert x_a - x_b \rVert^2$. Asked whether $b$ or $c$ is
# nearer to $a$, a judge is assumed to choose in proportion to the *other's* squared distance,
#
# $$p(b \text{ nearer}) = \frac{D_{ac} + \mu}{D_{ab} + D_{ac} + 2\mu},$$
#
# and the loss is the mean surprise at the answers given, $-\log p$ {cite:p}`tamuz2011`. Its slopes are as short as the loss itself:
#
# $$\begin{aligned}
# \frac{\partial (-\log p)}{\partial D_{ab}} &= \frac{1}{D_{ab} + D_{ac} + 2\mu}, \\
# \frac{\partial (-\log p)}{\partial D_{ac}} &= \frac{1}{D_{ab} + D_{ac} + 2\mu} - \frac{1}{D_{ac} + \mu}.
# \end{aligned}$$
#
# Three properties follow. With $\mu = 0$, the default here, only *ratios* of distances count: a space and its enlargement are equally good. A tie
# costs $\log 2$, as always. And certainty has a price: to be nearly sure of an answer the loss wants the nearer
# item at nearly no distance, since an item at half the distance of the other is still rejected in one of five cases. Whoever
# answers more consistently than that cannot be placed faithfully; the loss crowds things together instead.
#
# (sec-embedding-losses)=
# ### Four other losses
#
# - **STE** {cite:p}`vandermaaten2012`: a logistic choice by the difference of squared distances, $p = 1 / (1 + e^{D_{ab} - D_{ac}})$.
# - **t-STE** {cite:p}`vandermaaten2012`: the same with the kernel of Student's *t* with $\alpha = d - 1$ degrees of freedom. With $\alpha = 1$ it *is* the
#   crowd-kernel loss with $\mu = 1$.
# - **SOE** {cite:p}`terada2014`: $\max(0, \sqrt{D_{ab}} + 0.1 - \sqrt{D_{ac}})^2$; no probability, only order with a margin.
# - **GNMDS** {cite:p}`agarwal2007`: $\max(0, D_{ab} + 1 - D_{ac})$, here on the points and stopped early instead of penalised.
#
# {numref}`fig-embedding-losses` shows what each charges. The four can express how sure a judge is by the *size* of the space: enlarged, they become steep, and an
# answer that fits costs nothing. The crowd kernel has only ratios to say it with. Paper B names the crowd-kernel loss in its methods and a *logistic* loss in the
# appendix that derives its sample size; these are two of the five.

# %%
ratios = np.geomspace(0.25, 4, 201)
panels = {"a small space": study.charges(ratios, n_dims), "the same, four times as large": study.charges(ratios, n_dims, 4.0)}
page.figure(
    figures.loss_shapes(ratios, panels), "fig-embedding-losses",
    caption="What five losses charge for one answer, by the ratio of the two distances, relative to a tie. Right of 1 the space agrees with the answer. "
    "The geometric mean of the two distances is 1 on the left and 4 on the right.",
    alt="Two panels of five falling curves that meet at a tie. From left to right panel STE, t-STE, SOE and GNMDS become steep; the curve of "
    "the crowd kernel is the same in both.",
)  # fmt: skip

# %% [markdown]
# ## Three judges
#
# Two judges have the human space of the {doc}`chapter on concepts <concepts>` for a mind. The *consistent* one always names the item of higher cosine
# similarity. The *noisy* one draws its answers with the noise that the human space was itself estimated with. For both we know what a
# perfect fit could predict. The third judge is a real model, asked the paper's {value}`n_answers` questions; its answers go to the store.

# %% tags=["remove-output"]
judges = study.known_judges(n_triplets, seed, missing="simulate")
asked, said = study.asked_judge(model, n_triplets, n_dims, seed)
judges += [asked] if asked else []
keys = dict(zip((judge.name for judge in judges), ("consistent", "noisy", "model"), strict=False))
page.record("n_answers", len(judges[0].triplets))
page.record("n_held_out", int(judges[0].held_out.sum()))
page.record("ceiling.noisy", judges[1].ceiling)
if asked:
    page.record("model.name", asked.name)
    page.record("model.valid", len(asked.triplets))

# %%
print(said)

# %% [markdown]
# ## Fitting
#
# The search is quasi-Newton (L-BFGS) with the slopes above; distances are computed once per pair of concepts, so an answer costs the same in any number
# of dimensions. {value}`n_held_out` answers are held out. Kept are the last points whose held-out loss is not clearly above the lowest
# one, by no more than a standard error of the difference. It matters which loss is used: over the noisy judge's answers the crowd-kernel loss settles
# (it ends {value}`rise.crowd_kernel` above the kept points), whereas STE soon learns the noise (it ends {value}`rise.ste` above) and depends on being
# stopped ({numref}`fig-embedding-courses`).

# %% tags=["remove-output"]
fits = study.fit_judges(judges, LOSSES, [n_dims], seed)
table = study.summarise_fits(judges, fits)
noisy = judges[1].name
shown = {name: fits[noisy, name, n_dims].search_ for name in ("crowd_kernel", "ste")}
for name, search in shown.items():
    page.record(f"step.{name}", search.best_step)
    page.record(f"rise.{name}", search.course[-1, 1] - search.held_out_loss)

# %%
page.figure(
    figures.courses({name: (search.course, search.best_step) for name, search in shown.items()}),
    "fig-embedding-courses",
    caption=f"Course of two searches over the {noisy}'s answers: mean loss of training and held-out answers after each step. The search ends "
    f"{fits[noisy, 'ste', n_dims].patience} steps after the kept points, or when the training loss hardly falls any more.",
    alt="Two panels. With the crowd kernel both losses fall and stay level. With STE the held-out loss passes a minimum and rises "
    "while the training loss goes on falling.",
)  # fmt: skip

# %% [markdown]
# (sec-embedding-compare)=
# ## Five losses, three judges

# %%
heads = {"judge": "Judge", "loss": "Loss", "accuracy": "Held out", "low": "Low", "high": "High", "train_accuracy": "Training", "held_out_loss": "Held-out loss",
         "used": "Dimensions used", "r2": "Own space found (R²)", "steps": "Steps", "ended": "Ended"}  # fmt: skip
page.table(
    table[list(heads)].replace({"loss": study.LOSS_NAMES}).rename(columns=heads),
    caption=f"Fits in {n_dims} dimensions: share of answers predicted, held out with 95 % interval and in training; dimensions that hold 95 % of the variance",
    formats=dict.fromkeys(("Held out", "Low", "High", "Training", "Own space found (R²)"), ".3f") | {"Held-out loss": ".4f"}, filters=["Judge", "Loss"],
)  # fmt: skip

# %% tags=["remove-output"]
for row in table.itertuples():
    who = keys[row.judge]
    page.record(f"accuracy.{who}.{row.loss}", row.accuracy, (row.low, row.high))
    page.record(f"used.{who}.{row.loss}", row.used)
    if np.isfinite(row.r2):
        page.record(f"r2.{who}.{row.loss}", row.r2)
crowd = table[table["loss"] == "crowd_kernel"].set_index("judge")
for name, part in table.groupby("judge"):
    page.record(f"best.{keys[name]}", study.LOSS_NAMES[part.loc[part["accuracy"].idxmax(), "loss"]])
    page.record(f"best_accuracy.{keys[name]}", part["accuracy"].max())
first, second = (crowd.loc[judge.name] for judge in judges[:2])
page.record("lower_loss_is_better", bool((first["held_out_loss"] < second["held_out_loss"]) == (first["r2"] > second["r2"])))
page.record("loss.consistent", first["held_out_loss"])
page.record("loss.noisy", second["held_out_loss"])

# %%
page.figure(
    figures.by_loss(table), "fig-embedding-compare",
    caption=f"Share of held-out answers predicted by {n_dims}-dimensional spaces, by judge and loss, with 95 % intervals. The black line marks what somebody with the "
    "judge's own mind would predict.",
    alt=f"Dot chart. For the noisy judge all losses lie together just below its ceiling. For the consistent judge the crowd kernel "
    f"predicts {first['accuracy']:.2f}, the others clearly more, close to one another.",
)  # fmt: skip

# %% [markdown]
# For the noisy judge the losses differ little. The crowd kernel predicts {value}`accuracy.noisy.crowd_kernel` {interval}`accuracy.noisy.crowd_kernel`; most is predicted by
# {value}`best.noisy` ({value}`best_accuracy.noisy`), and knowing everything would give {value}`ceiling.noisy`. For the consistent judge the
# crowd-kernel loss predicts {value}`accuracy.consistent.crowd_kernel` {interval}`accuracy.consistent.crowd_kernel` and finds {value}`r2.consistent.crowd_kernel`
# of the judge's own space; t-STE predicts {value}`accuracy.consistent.t_ste` and finds {value}`r2.consistent.t_ste`. Even of the noisy judge's space
# t-STE finds more, {value}`r2.noisy.t_ste` against {value}`r2.noisy.crowd_kernel`.
#
# The real model, {value}`model.name`, is as consistent as a computation can be. The crowd-kernel space predicts {value}`accuracy.model.crowd_kernel`
# {interval}`accuracy.model.crowd_kernel` of its held-out answers, {value}`best.model` predicts {value}`best_accuracy.model`. What is missing
# is no noise of the model; it is the loss.
#
# A held-out loss alone does not show this. The consistent judge has the *lower* held-out crowd-kernel loss ({value}`loss.consistent` against
# {value}`loss.noisy`), yet less of its space is found ({value}`r2.consistent.crowd_kernel` against {value}`r2.noisy.crowd_kernel`). These are single fits;
# {doc}`/notebooks/alignment` gives means over several sets of answers of such judges, with intervals.
#
# (sec-embedding-dimensions)=
# ## How many dimensions?

# %% tags=["remove-output"]
sizes = study.feasible(judges, sorted({2, 3, 5, 8, 12, 20, 30, 45, 60, n_dims}))
contrast = "soe" if loss != "soe" else "crowd_kernel"
by_size = study.summarise_fits(judges, study.fit_judges(judges, [loss, contrast], sizes, seed))
for (name, one), part in by_size.groupby(["judge", "loss"]):
    page.record(f"enough.{keys[name]}.{'chosen' if one == loss else 'other'}", study.enough(part))
page.record("loss.chosen", study.LOSS_NAMES[loss])
page.record("loss.other", study.LOSS_NAMES[contrast])

# %%
page.figure(
    figures.by_dims(by_size, n_dims), "fig-embedding-dimensions",
    caption=f"Share of held-out answers predicted, by number of dimensions, with 95 % intervals. The dotted line marks {n_dims} dimensions.",
    alt="One panel per judge. With the crowd kernel the curves are flat from about eight dimensions on. With SOE they go on rising for the consistent "
    "judge and for the model.",
)  # fmt: skip

# %% [markdown]
# Held-out accuracy chooses the dimension ({numref}`fig-embedding-dimensions`): the fewest that come within the interval of the best. With the
# {value}`loss.chosen` loss these are {value}`enough.consistent.chosen` (consistent), {value}`enough.noisy.chosen` (noisy) and {value}`enough.model.chosen`
# ({value}`model.name`); with {value}`loss.other` {value}`enough.consistent.other`, {value}`enough.noisy.other` and {value}`enough.model.other`. Giving the
# crowd-kernel loss 30 dimensions does not make it use them: 95 % of the variance of its spaces lies on {value}`used.consistent.crowd_kernel`,
# {value}`used.noisy.crowd_kernel` and {value}`used.model.crowd_kernel`. The paper's *30-dimensional embeddings* have 30 columns; how
# many dimensions they have is a property of loss and judge.
#
# (sec-embedding-spread)=
# ## What else moves the result

# %% tags=["remove-output"]
held = asked or judges[1]
fit = fits[held.name, loss, n_dims]
spread = study.summarise_spread(held, fit, study.sources_of_spread(held, n_dims, loss, seed, n_boot))
sources = {"starts": "other random starts", "splits": "other answers held out", "resamples": "answers drawn again"}
shown = spread.assign(source=spread["source"].map(sources))

# %%
heads = {"source": "What differs", "n": "Fits", "accuracy_low": "Held out, lowest", "accuracy_high": "Held out, highest", "r2_low": "R² with the fit, lowest", "r2_median": "R², median", "r2_high": "R², highest"}
page.table(
    shown.rename(columns=heads), caption=f"Refits of {held.name} ({study.LOSS_NAMES[loss]}, {n_dims} dimensions) and how much of the first fit they explain",
    formats=dict.fromkeys(list(heads.values())[2:], ".3f"),
)  # fmt: skip

# %% tags=["remove-output"]
for row in spread.itertuples():
    page.record(f"again.{row.source}", row.r2_median, (row.r2_low, row.r2_high))
moved = OrdinalEmbedding(n_dims, CrowdKernel(0.05), seed).fit(held.triplets, held.n_items, held_out=held.held_out)
page.record("offset.accuracy", moved.score(held.aside))
together = study.pulled_together(held, fits[held.name, "crowd_kernel", n_dims])
page.record("pulled", together)
page.record("pulled_together", together < 0)

# %% [markdown]
# Other starts change next to nothing: they explain {value}`again.starts` {interval}`again.starts` (median and range) of the first fit, so one start is enough for this judge.
# Holding out other answers gives {value}`again.splits` {interval}`again.splits`, and drawing the answers again {value}`again.resamples`
# {interval}`again.resamples`: the answers, not the search, are what limits precision. The offset $\mu$ hardly matters: with 0.05 the accuracy is
# {value}`offset.accuracy`, because the fit simply grows until $\mu$ is small beside its distances. Pairs that were chosen
# more often do lie closer (Spearman's *ρ* between share of choices and distance {value}`pulled`).
#
# (sec-embedding-programs)=
# ## Other programs
#
# The following was not measured when this page was built. It was recorded once with `benchmarks/ordinal.py`: cblearn {cite:p}`kuenstle2024` and
# salmon {cite:p}`sievert2023`, which the paper cites, on the same answers of a known judge, each on one core unless the name says otherwise; ratios
# compare processor time.

# %%
measured = load_benchmark()
recorded = benchmark_table(measured)
heads = {"program": "Program", "seconds": "Seconds", "processor": "Processor s", "times": "× ours", "peak_mb": "Peak MB", "loss": "Loss on fresh answers", "accuracy": "Accuracy", "r2": "R²", "load": "Load"}
page.table(
    recorded.rename(columns=heads), caption=f"Recorded on {measured['machine']['cpu_count']} cores; crowd-kernel fits to {measured['n_train']:,} answers in {measured['n_dims']} dimensions, {measured['n_test']:,} fresh answers; for salmon {measured['salmon']}",
    formats={"Seconds": ",.2f", "Processor s": ",.2f", "× ours": ",.1f", "Peak MB": ".0f", "Loss on fresh answers": ".5f", "Accuracy": ".4f", "R²": ".3f", "Load": ".1f"},
)  # fmt: skip

# %% tags=["remove-output"]
rows = recorded.set_index("program")
page.record("times.cblearn", rows.loc["cblearn, scipy (default)", "times"])
page.record("seconds.ours", rows.loc["humanlike, 1 core", "seconds"])
page.record("seconds.models", rows.loc["humanlike, 75 models", "seconds"])
page.record("seconds.resamples", rows.loc["humanlike, 200 resamples", "seconds"])
for key, name in (("ours", "humanlike, 1 core"), ("cblearn", "cblearn, scipy (default)"), ("salmon", "salmon, offline")):
    page.record(f"fresh.{key}", rows.loc[name, "loss"])

# %% [markdown]
# cblearn's default searches the same minimum to its end: its loss on fresh answers is {value}`fresh.cblearn`, ours {value}`fresh.ours`. It takes {value}`times.cblearn`
# times as long; one fit takes {value}`seconds.ours` seconds here, 75 models {value}`seconds.models` and 200 resamples {value}`seconds.resamples`. Salmon approaches the minimum
# by many small steps ({value}`fresh.salmon` after far fewer epochs than its default). Speed matters for one reason: every R² of this
# book can have an interval.
#
# ## What was found
#
# - A space from judgements is judge *and* method. For a noisy judge the five losses predict about equally well
#   (crowd kernel {value}`accuracy.noisy.crowd_kernel` of at most {value}`ceiling.noisy`). For a consistent one the crowd kernel predicts {value}`accuracy.consistent.crowd_kernel` of
#   the held-out answers where {value}`best.consistent` predicts {value}`best_accuracy.consistent`.
# - The real model asked here, {value}`model.name`, is a consistent judge: {value}`accuracy.model.crowd_kernel` by the crowd-kernel loss,
#   {value}`best_accuracy.model` by {value}`best.model`. What it knows beyond the first number is lost before any comparison with people.
# - In 30 dimensions the crowd-kernel loss uses {value}`used.model.crowd_kernel` for this model and {value}`used.consistent.crowd_kernel` for the consistent judge.
# - A lower held-out loss does not mean a better space: across judges it went the other way.
# - Starts do not matter, the answers do: refits to resampled answers explain {value}`again.resamples` of the fit. What loss and noise do to the agreement with
#   people is the subject of {doc}`alignment`.
