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
# # Fine-tune an open model yourself
#
# **Question.** What does fine-tuning on people's ratings add to a *linear read-out* of what a frozen model of language
# already has? And how many rated words does either of them need?
#
# Paper A {cite:p}`wu2026` fine-tunes a large closed model on the ratings of 2,358 words, finds its ratings of
# other words much more human, and concludes that its representations were reorganised. It leaves open how much
# data that takes. Both can be asked of any model whose weights can be frozen or trained at will. The pupil of this page is
# {value}`model`. By default it is MiniLM, a sentence encoder {cite:p}`reimers2019` of 22 million weights, small enough for any
# computer; `model=hf:NAME` takes a language model with open weights. The pupil is trained on the paper's training words and
# evaluated on the paper's own test words.
#
# Three ways to get a rating of a word $w$ on a dimension with the phrase $d$ (*hearing*, *smelling*):
#
# | | an encoder | a language model |
# |---|---|---|
# | **Untrained** | $5\cos(e_w, e_d)$ with the embeddings $e$ of both texts | its answer to the paper's prompt |
# | **Linear read-out** | ridge regression on $e_w$, frozen | ridge regression on its frozen state after reading $w$, at that one of four depths whose leave-one-out error is least |
# | **Trained** | every weight moves, so that $5\cos(e_w, e_d)$ approaches people's ratings | an adapter (LoRA; {cite:alp}`hu2022`) learns to write people's ratings after the prompt |
#
# The ridge regression {cite:p}`hoerl1970` has one set of weights per dimension, its penalty chosen by the exact leave-one-out error of
# the training words. Whatever it predicts was in the model before; that text embeddings hold such features is known
# {cite:p}`utsumi2020,chersoni2021`.

# %% tags=["parameters"]
model: str = "encoder:"  # who is taught: encoder: is MiniLM, encoder:FOLDER another encoder, hf:NAME a language model
form: str = "chat"  # prompts of a language model: through its chat template, or as text to be continued, in {"chat", "base"}
mode: str = "score"  # its ratings: the mean under the probabilities of 0 to 5, or the number it writes, in {"score", "generate"}
words: int = 0  # training words of the main comparison; 0 takes all of the paper's, in [0, 5000]
doses: list[int] = [30, 100, 300, 1000, 0]  # training words of the curve; 0 takes all of the paper's, in [0, 5000]
evaluated: int = 0  # evaluated words, drawn at random; 0 takes all, in [0, 5000]
all_rated: bool = True  # whether the curve goes on to all rated words that are not evaluated
draws: int = 5  # random draws of the training words at each dose, in [1, 100]
epochs: int = 4  # passes through the words in training, in [1, 100]
steps: int = 60  # fewest steps of an encoder's training: few words are passed through more often, in [1, 10000]
learning_rate: float = 0.0  # largest learning rate; 0 takes 0.0001 for an encoder, 0.0002 for an adapter, in [0, 1]
rank: int = 16  # of the adapter of a language model, in [1, 1024]
n_boot: int = 200  # resamples of the evaluated words, in [20, 100000]
seed: int = 1  # seed of all draws, in [0, 4294967295]

# %% tags=["remove-output"]
from humanlike.analysis.finetuning import load_material
from humanlike.book.record import begin
from humanlike.data.norms import DIMENSIONS, MOTOR, load_ratings

page = begin("finetuning")
table = load_ratings("English", missing="simulate")
material = load_material(evaluated, seed, missing="simulate")
n_paper, n_most = len(material.paper), len(material.paper) + len(material.rest)

# %% tags=["remove-output"]
page.record("n_paper", n_paper)
page.record("n_most", n_most)
page.record("n_left_out", material.left_out)
page.record("n_words", len(material.human))
page.record("n_draws", draws)
page.record("n_train", words or n_paper)

# %% [markdown]
# ## No word on both sides
#
# A model that was trained on *dancing* has been told something about *danced*. So each training word is
# compared with each evaluated word, in English and through its translation in Dutch. No word is on both sides of the
# paper's split; {value}`n_left_out` of its training words share their stem with an evaluated word, and they are left
# out here. {value}`n_paper` training words remain, and {value}`n_most` when all other rated words are added.
# {value}`n_words` words are evaluated. `humanlike finetune examples en_ft` writes the same words as
# a training set for large models.
#
# ## Teach and ask
#
# Each training is done once and kept; a run that is stopped goes on with what is missing. The numbers of this page come from
# {value}`n_train` training words for the comparison; `humanlike run finetuning --profile paper` takes all of the paper's
# and draws them several times.

# %% tags=["remove-output"]
from humanlike.analysis.finetuning import plan_runs, teach_runs, untrained
from humanlike.finetune.language import open_pupil, recipe_for

pupil = open_pupil(model, form, mode, missing="simulate")
zero = untrained(pupil, material.human, missing="simulate")
curve_words = [*doses, n_most] if all_rated else doses
recipe = recipe_for(pupil, epochs, steps, learning_rate, rank)
planned = plan_runs(material, words, curve_words, draws, recipe, seed)
taught = teach_runs(planned, material.human, pupil, tell=print)
page.record("model", pupil.info().name)
page.record("valid.zero", float(zero.notna().to_numpy().mean()))
page.record("valid.tuned", min(float(t.notna().to_numpy().mean()) for t in taught.values()))

# %% [markdown]
# (sec-finetuning-compared)=
# ## Read-out, training, and GPT-4o-mini
#
# {value}`valid.zero` of the untrained pupil's answers are ratings, and at least {value}`valid.tuned` after each training. Words that
# anybody left without a rating are left out for all; {value}`n_compared` remain.
#
# Three measures, as in {doc}`/notebooks/transfer`: *RSA* compares which words lie close together; the *mean ρ per
# dimension* compares the order of the words; the *mean similarity* $1/(1+d)$ compares the numbers themselves. The
# control is taught the same words and the same ratings, but each word gets those of another one. What it reaches needs no
# knowledge of words, only of how people use the scale.

# %% tags=["remove-output"]
from humanlike.analysis.finetuning import comparison, labels, main_tables
from humanlike.analysis.transfer import measure

ratings = main_tables(taught, zero, table, words or n_paper, DIMENSIONS)
results = measure(ratings, n_boot, seed)
page.record("n_compared", len(ratings["human"]))
for short, scores in results.items():
    for name in scores.estimate:
        if not name.startswith("sensory"):
            page.record(f"{short}.{name}", scores.estimate[name], scores.interval(name))

# %%
from humanlike.plots.finetuning import compared

spelled = labels("MiniLM" if "MiniLM" in pupil.info().name else pupil.info().name)
shown = comparison(results, [name for name in spelled if not name.startswith("sensory")], spelled)
page.figure(
    compared(shown), "fig-finetuning-compared",
    caption=f"Agreement with people on {len(ratings['human']):,} words, eleven dimensions. Circle: the pupil untrained; squares: "
    f"linear read-out; diamonds: trained, both on {words or n_paper:,} words; open symbols: taught shuffled ratings; triangles: "
    f"GPT-4o-mini and its fine-tuned versions. Lines are 95 % bootstrap intervals over words ({n_boot} resamples).",
    alt="Dot chart, one panel per measure, one row per model. RSA: " + ", ".join(
        f"{r.label} {r.estimate:.2f}" for r in shown.itertuples() if r.short == "rsa") + ".",
)  # fmt: skip

# %% tags=["remove-output"]
for short, scores in results.items():
    pairs = {f"readout_over.{other}": ("all.readout", other) for other in ("zero", "base")}
    pairs |= {f"tuned_over.{other}": ("all.tuned", other) for other in ("all.readout", "base")}
    for key, (one, other) in pairs.items():
        gain, low, high = scores.gain(one, other)
        page.record(f"{key}.{short}", gain, (low, high))
    gain, low, high = scores.gain("en_ft", "all.readout")
    page.record(f"ahead.{short}", gain, (low, high))
    if scores.gain("en_ft", "base")[1] > 0:
        share, low, high = scores.recovery("all.readout", "en_ft", "base")
        page.record(f"share.{short}", share, (low, high))

# %% [markdown]
# With {value}`n_train` training words the untrained pupil's RSA of {value}`rsa.zero` becomes
# {value}`rsa.all.readout` {interval}`rsa.all.readout` by a read-out and {value}`rsa.all.tuned`
# {interval}`rsa.all.tuned` by training. GPT-4o-mini has {value}`rsa.base` before and
# {value}`rsa.en_ft` after fine-tuning on English ratings. After shuffled ratings there is {value}`rsa.shuffled.readout` and
# {value}`rsa.shuffled.tuned` left ({numref}`fig-finetuning-compared`).
#
# The mean similarity tells another story: taught shuffled ratings, which say nothing about any single word, the
# read-out reaches {value}`similarity.shuffled.readout`, more than GPT-4o-mini's {value}`similarity.base` without training. Knowing
# how people use the scale is most of what this measure rewards (see {doc}`/notebooks/words`).
#
# (sec-finetuning-dose)=
# ## How much human data does it take?
#
# Random draws of each number of words: {value}`n_draws`. Within a draw, fewer words are the beginning of more.

# %%
from humanlike.analysis.finetuning_scores import dose_response, score_runs
from humanlike.analysis.transfer import MEASURES
from humanlike.plots.finetuning import dose_curves

runs = score_runs(taught, material.human)
curve = dose_response(runs, [count or n_paper for count in curve_words])
marks = {s: {spelled[m]: results[s].estimate[m] for m in ("base", "nl_ft", "en_ft")} for s in results}
page.figure(
    dose_curves(curve, runs, marks, MEASURES), "fig-finetuning-dose",
    caption="Agreement with people against the number of training words (logarithmic axis). Small dots are single draws, lines their "
    "mean with the 95 % interval over draws. Dotted lines: GPT-4o-mini before and after fine-tuning on 2,358 words.",
    alt="Three line charts over the number of training words. RSA: " + ", ".join(
        f"{r.method} {r.words:,} words {r.mean:.2f}" for r in curve.itertuples() if r.short == "rsa") + ".",
)  # fmt: skip

# %% tags=["remove-output"]
from humanlike.analysis.finetuning_scores import enough_words

ends = {"least": int(curve["words"].min()), "most": int(curve["words"].max())}
at = curve.set_index(["method", "words", "short"])["mean"]
for end, count in ends.items():
    page.record(f"dose.{end}", count)
    for (method, _, short), mean in at[at.index.get_level_values("words") == count].items():
        page.record(f"curve.{method}.{end}.{short}", mean)
for method, short in {(m, s) for m, _, s in at.index}:
    level = results[short].estimate["base"]
    page.record(f"enough.{method}.{short}", enough_words(curve, method, short, level))

# %% [markdown]
# From {value}`dose.least` to {value}`dose.most` words the RSA rises from {value}`curve.readout.least.rsa` to
# {value}`curve.readout.most.rsa` for the read-out and from {value}`curve.tuned.least.rsa` to {value}`curve.tuned.most.rsa`
# by training ({numref}`fig-finetuning-dose`). To agree with people as well as GPT-4o-mini does before
# its fine-tuning, by RSA, {value}`enough.readout.rsa` and {value}`enough.tuned.rsa` words are enough (of the numbers tried).
#
# (sec-finetuning-motor)=
# ## Sensory training, motor test
#
# Nl_FT saw ratings of the six senses only, in Dutch, and still gained on the five motor dimensions. The same here: the pupil is
# taught the sensory ratings and asked for the motor ones. After training it is simply asked with other phrases (*performing an
# action with the hand/arm*). A read-out has no such phrase; for a new dimension it mixes the trained ones, weighted by how
# like their phrases are in the frozen model {cite:p}`stock2018`.

# %% tags=["remove-output"]
motor = main_tables(taught, zero, table, words or n_paper, MOTOR)
motor_results = measure(motor, n_boot, seed)
names = ["zero", "sensory.readout", "sensory.tuned", "all.readout", "all.tuned", "base", "nl_ft", "en_ft"]
before = {"sensory.readout": "zero", "sensory.tuned": "zero", "nl_ft": "base"}
for short in ("rsa", "spearman"):
    for name in names:
        scores = motor_results[short]
        page.record(f"motor.{short}.{name}", scores.estimate[name], scores.interval(name))
    for name, start in before.items():
        gain, low, high = motor_results[short].gain(name, start)
        page.record(f"motor_gain.{short}.{name.removeprefix('sensory.')}", gain, (low, high))

# %%
motor_shown = comparison({s: motor_results[s] for s in ("rsa", "spearman")}, names, spelled)
page.figure(
    compared(motor_shown), "fig-finetuning-motor",
    caption=f"Agreement with people on the five motor dimensions, {len(motor['human']):,} words. The pupil untrained, taught "
    f"sensory ratings only and taught all; GPT-4o-mini's Nl_FT was taught sensory ratings of Dutch words. 95 % intervals over words.",
    alt="Dot chart of agreement on motor dimensions. RSA: " + ", ".join(
        f"{r.label} {r.estimate:.2f}" for r in motor_shown.itertuples() if r.short == "rsa") + ".",
)  # fmt: skip

# %% [markdown]
# Sensory ratings change the motor RSA of {value}`model` by {value}`motor_gain.rsa.readout` {interval}`motor_gain.rsa.readout`
# (read-out) and {value}`motor_gain.rsa.tuned` {interval}`motor_gain.rsa.tuned` (training); Nl_FT gained
# {value}`motor_gain.rsa.nl_ft` {interval}`motor_gain.rsa.nl_ft` over its base ({numref}`fig-finetuning-motor`). What the read-out
# gains cannot come from a reorganised representation, for nothing inside the model moved: sensory and motor ratings are related
# among people already, and a mixture of sensory predictions inherits that. Only what goes beyond it can be the work of training.
#
# ## What fine-tuning adds
#
# | | RSA | mean ρ per dimension | mean similarity |
# |---|---|---|---|
# | read-out minus untrained pupil | {value}`readout_over.zero.rsa` {interval}`readout_over.zero.rsa` | {value}`readout_over.zero.spearman` {interval}`readout_over.zero.spearman` | {value}`readout_over.zero.similarity` {interval}`readout_over.zero.similarity` |
# | training minus read-out | {value}`tuned_over.all.readout.rsa` {interval}`tuned_over.all.readout.rsa` | {value}`tuned_over.all.readout.spearman` {interval}`tuned_over.all.readout.spearman` | {value}`tuned_over.all.readout.similarity` {interval}`tuned_over.all.readout.similarity` |
# | En_FT minus the pupil's read-out | {value}`ahead.rsa` {interval}`ahead.rsa` | {value}`ahead.spearman` {interval}`ahead.spearman` | {value}`ahead.similarity` {interval}`ahead.similarity` |
# | share of En_FT's gain over Base that the read-out has | {value}`share.rsa` {interval}`share.rsa` | {value}`share.spearman` {interval}`share.spearman` | {value}`share.similarity` {interval}`share.similarity` |
#
# Here lies the question that the paper's design cannot answer. It compares a model before fine-tuning, which was never shown how
# people use the scale, with the same model after it. The difference holds two things: what was *in* the representation but not in
# the answers, and what training put there. A linear read-out of the frozen model separates them: it can only show what was in already.
# For a closed model nobody outside can fit one; for {value}`model` the second row of the table is the answer. To ask it of a larger open
# model, execute this page with it:
#
# ```console
# $ .venv/bin/humanlike run finetuning -p model=hf:HuggingFaceTB/SmolLM2-360M-Instruct --profile paper
# ```
#
# Each adapter is trained once and kept; a run that was stopped goes on from its last checkpoint. `humanlike finetune train` trains a single
# one, also on several GPUs, and `humanlike query ratings hf:MODEL+ADAPTER` asks it.
#
# ## What was found
#
# - A linear read-out of a frozen model ({value}`model`), fitted to {value}`n_train` words, gives an RSA of
#   {value}`rsa.all.readout` {interval}`rsa.all.readout`, beside {value}`rsa.base` of GPT-4o-mini's own answers. Its gain over these
#   is {value}`share.rsa` {interval}`share.rsa` of what fine-tuning GPT-4o-mini gained, and nothing of it was learned by the model.
# - Training changes that by {value}`tuned_over.all.readout.rsa` {interval}`tuned_over.all.readout.rsa` in RSA and by
#   {value}`tuned_over.all.readout.spearman` {interval}`tuned_over.all.readout.spearman` in mean ρ per dimension.
# - Shuffled ratings give an RSA of {value}`rsa.shuffled.tuned` but a mean similarity of {value}`similarity.shuffled.tuned`: a score
#   per word without such a control says little about knowledge of words.
# - Sensory ratings alone change the RSA on motor dimensions, which were never trained, by {value}`motor_gain.rsa.readout`
#   {interval}`motor_gain.rsa.readout` for a read-out, where nothing can have been reorganised, and by
#   {value}`motor_gain.rsa.tuned` {interval}`motor_gain.rsa.tuned` by training.
# - {value}`model` and GPT-4o-mini differ in everything but the words. That its read-out falls short of En_FT by
#   {value}`ahead.rsa` {interval}`ahead.rsa` does not say whether size, text or training makes the difference.
