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
# # Post-training stages
#
# **Question.** Does each step of post-training, from a base model to supervised fine-tuning (SFT), preference optimisation (DPO) and
# reinforcement learning with verifiable rewards (RLVR), bring a model's concepts nearer to people's, and how much can so few series
# of checkpoints show?
#
# Paper B {cite:p}`ingredients2025` follows four series whose makers published a checkpoint per stage. It prints R² for each, and
# averages. It concludes
# that SFT and DPO improve alignment while the effect of RLVR is muted. R² is taken as printed here; what a rise of it can mean is the
# question of {doc}`/notebooks/alignment`.

# %% tags=["parameters"]
mapping: str = "real"  # the stage of a row: that of the ranked checkpoint, or the printed one, in {"real", "printed"}
n_boot: int = 10000  # resamples of the families, in [100, 1000000]
seed: int = 1  # seed of the resampling, in [0, 4294967295]

# %% tags=["remove-output"]
from humanlike.analysis import stages as by_stage
from humanlike.book.record import begin
from humanlike.data.published import load_leaderboard, load_stages
from humanlike.data.stages import match_stages, pair_base_tuned

page = begin("stages")
board = load_leaderboard()
matched = match_stages(load_stages(), board)

# %% [markdown]
# (sec-stages-rows)=
# ## What each row is
#
# Every row is looked up in the paper's own ranking: which checkpoint of that series has this R², and of which stage is it?

# %%
page.table(
    matched.set_axis(["Series", "Stage", "R²", "Ranked checkpoint", "Its stage", "Agrees"], axis="columns"),
    caption="Rows of the paper's stage table and the ranked checkpoint with that R²", formats={"R²": ".3f"},
)  # fmt: skip

# %% tags=["remove-output"]
page.record("rows", len(matched))
page.record("rows_matched", int(matched["matched"].sum()))
page.record("full_olmo", int(by_stage.by_series(matched, "real").filter(like="OLMo", axis="index")[["base", "sft", "dpo", "rlvr"]].notna().all(axis=1).sum()))
layouts = {how: by_stage.by_series(matched, how) for how in ("printed", "real")}
keys = {"base-stage1": "base1"}
for how, frame in layouts.items():
    for stage in frame.columns:
        page.record(f"mean.{how}.{keys.get(stage, stage)}", frame[stage].mean())
        page.record(f"has.{how}.{keys.get(stage, stage)}", int(frame[stage].notna().sum()))

# %% [markdown]
# {value}`rows_matched` of {value}`rows` rows are the ranked checkpoint of that stage. The two others are in the Llama series: its *base*
# row repeats the R² of the finished Tulu 3 model, and its *RLVR* row is Meta's own instruction-tuned model, which never went through
# the Tulu stages. No Llama 3.1 base model is ranked at all.
#
# (sec-stages-means)=
# ## Averages

# %%
from humanlike.plots.stages import stage_lines, twins

page.figure(
    stage_lines({"as printed": layouts["printed"], "real stages": layouts["real"]}, by_stage.NAMES),
    "fig-stages-lines",
    caption="R² by stage. Left: rows in the stage the paper prints. Right: every checkpoint in its own stage; Meta's model belongs to "
    "none. The grey line is the mean over the series that have a stage.",
    alt="Two line charts of R² over five stages for four series. As printed the mean rises to "
    f"{layouts['printed']['dpo'].mean():.3f} at DPO and is {layouts['printed']['rlvr'].mean():.3f} at RLVR; with real stages it falls to "
    f"{layouts['real']['rlvr'].mean():.3f}, because OLMo 7B drops.",
)

# %% [markdown]
# As printed the averages are {value}`mean.printed.base` (base), {value}`mean.printed.sft` (SFT), {value}`mean.printed.dpo` (DPO) and
# {value}`mean.printed.rlvr` (RLVR). With every checkpoint in its own stage the base models average {value}`mean.real.base` (of
# {value}`has.real.base` series) and RLVR {value}`mean.real.rlvr` (of {value}`has.real.rlvr`), below DPO. But these averages run over
# different series: Instella has no RLVR, Llama no base. Only changes within a series compare like with like.
#
# (sec-stages-steps)=
# ## Changes within series

# %%
steps = by_stage.changes(layouts[mapping])
page.table(
    steps.set_axis(["Series", "Step", "Before", "After", "Change"], axis="columns"), filters=["Step"],
    caption="Change of R² at each step", formats={"Before": ".3f", "After": ".3f", "Change": "+.3f"},
)  # fmt: skip
tests = by_stage.step_tests(steps)
page.table(
    tests.set_axis(["Step", "Series", "Up", "Mean change", "Low", "High", "p", "Smallest p"], axis="columns"),
    caption="Each step: t interval, exact p of flipping signs, and the smallest p that so many series can reach",
    formats={"Mean change": "+.3f", "Low": "+.3f", "High": "+.3f", "p": ".3f", "Smallest p": ".3f"},
)  # fmt: skip

# %% tags=["remove-output"]
short = {"base to sft": "sft", "sft to dpo": "dpo", "dpo to rlvr": "rlvr"}
for how, frame in layouts.items():
    done = by_stage.step_tests(by_stage.changes(frame)).set_index("step")
    for step, key in short.items():
        row = done.loc[step]
        page.record(f"step.{how}.{key}", row["mean"], (row["low"], row["high"]))
        for column in ("n", "n_up", "p", "p_least"):
            page.record(f"{column}.{how}.{key}", int(row[column]) if column in ("n", "n_up") else row[column])
        page.record(f"up.{how}.{key}", bool(row["mean"] > 0))

# %% tags=["remove-output"]
real = by_stage.step_tests(by_stage.changes(layouts["real"])).set_index("step")
page.record("rlvr_muted", bool(abs(real.loc["dpo to rlvr", "mean"]) < real.loc[["base to sft", "sft to dpo"], "mean"].min()))
page.record("any_decidable", bool((tests["p_least"] < 0.05).any()))
n, p = by_stage.trend(layouts["real"], ["base", "sft", "dpo"])
page.record("trend.n", n)
page.record("trend.p", p)
page.record("trend_rises", p < 0.05)
olmo = layouts["real"].loc["OLMo 7B"]
page.record("drop.olmo7b", olmo["rlvr"] - olmo["dpo"])

# %% [markdown]
# SFT raises R² in {value}`n_up.real.sft` of {value}`n.real.sft` series that have both stages, by {value}`step.real.sft`
# {interval}`step.real.sft` on average; DPO in {value}`n_up.real.dpo` of {value}`n.real.dpo`, by {value}`step.real.dpo`
# {interval}`step.real.dpo`. With {value}`n.real.sft` series the smallest *p* that any outcome could have is {value}`p_least.real.sft`,
# with {value}`n.real.dpo` it is {value}`p_least.real.dpo`: no single step can be significant, whatever the data say. The intervals say so too.
#
# Together the two steps can be tested. Three stages have six orders, so a series that rises throughout is a stronger sign than a
# single step up. Base, SFT and DPO rise in order in all {value}`trend.n` series that have the three; Page's test {cite:p}`page1963`
# gives an exact one-sided *p* of {value}`trend.p`, if the series are taken as independent; two of them are OLMo.
#
# RLVR changes R² by {value}`step.real.rlvr` {interval}`step.real.rlvr`, up in {value}`n_up.real.rlvr` of {value}`n.real.rlvr` series.
# The mean hangs on a single drop, OLMo 7B with {value}`drop.olmo7b`. *Muted* is a fair word for the others, not for that one; the
# series do not tell which is the rule.
#
# (sec-stages-twins)=
# ## Every base model and its tuned twin
#
# The ranking has more to say than the four series: many base models are ranked beside their own tuned version, with the same size, shape
# and pre-training. Such pairs hold constant what a comparison of all tuned with all base models mixes in.

# %%
pairs = pair_base_tuned(board)
page.figure(
    twins(pairs),
    "fig-stages-twins",
    caption="R² of base models (circles) and of their own post-trained versions (diamonds, named), ordered by the gain.",
    alt=f"Dumbbell chart of {len(pairs)} pairs. {int((pairs['gain'] > 0).sum())} tuned models lie to the right of their base model; "
    f"the largest gain is {pairs['gain'].max():.3f}, the largest loss {pairs['gain'].min():.3f}.",
)

# %%
from humanlike.stats.exact import sign_flip
from humanlike.stats.paired import paired_test

every = paired_test(pairs["r2_tuned"], pairs["r2_base"])
flips, by_family = sign_flip(pairs["gain"]), sign_flip(pairs.groupby("family")["gain"].mean())
print(f"gain {every.difference:.3f} [{every.low:.3f}, {every.high:.3f}] in {every.n} pairs, exact p = {flips.p:.2g}")
print(f"family means: {by_family.mean:.3f} in {by_family.n} families, {by_family.n_positive} up, exact p = {by_family.p:.3f}")

# %% tags=["remove-output"]
from humanlike.analysis.stages import family_interval

page.record("pairs.gain", every.difference, (every.low, every.high))
page.record("pairs.gain_family", every.difference, family_interval(pairs, n_boot, seed))
page.record("pairs.n", every.n)
page.record("pairs.n_up", flips.n_positive)
page.record("pairs.p", flips.p)
page.record("families.n", by_family.n)
page.record("families.n_up", by_family.n_positive)
page.record("families.mean", by_family.mean)
page.record("families.p", by_family.p)
page.record("families.p_least", by_family.p_least)
small = pairs.loc[pairs["gain"].idxmin()]
page.record("pairs.least", small["gain"])
page.record("pairs.least_model", small["tuned"])

# %% [markdown]
# In {value}`pairs.n` pairs tuning adds {value}`pairs.gain` {interval}`pairs.gain` on average, up in {value}`pairs.n_up` of them (exact
# *p* = {value}`pairs.p`); resampling whole families gives {interval}`pairs.gain_family`. As pairs of a family are not independent,
# the strictest count is by family: up in {value}`families.n_up` of {value}`families.n`, by {value}`families.mean` on average, exact
# *p* = {value}`families.p` where {value}`families.p_least` is the least possible. The smallest gain is
# that of {value}`pairs.least_model`, {value}`pairs.least`: *tuned* names many recipes, of different years.
#
# ## What was found
#
# - The printed averages follow from the printed rows, but only {value}`rows_matched` of {value}`rows` rows are what their labels say.
# - In real stages RLVR averages {value}`mean.real.rlvr`, below DPO ({value}`mean.real.dpo`), because of one model.
# - Base, SFT and DPO rise in every series that has all three (exact *p* = {value}`trend.p`). No single step can be tested with so
#   few series.
# - More pairs are to be had from the {value}`pairs.n` base models ranked beside their tuned twins: {value}`pairs.gain`
#   {interval}`pairs.gain_family` with families resampled. Counted by family, {value}`families.n_up` of {value}`families.n` rise (exact
#   *p* = {value}`families.p`).
