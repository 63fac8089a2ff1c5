"""A tiny random encoder with words made of syllables, and ratings planted in the syllables."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FIRST = ("ba", "do", "fi", "gu", "ke", "lo", "mi", "nu")
LAST = ("pa", "ro", "si", "tu", "ve", "wo", "xi", "zu")
DIMENSIONS = ("seeing", "hearing", "tasting")
WORDS = tuple(f"{a} {b}" for a, b in product(FIRST, LAST))


def planted() -> NDArray[np.float64]:
    """Return ratings, (words, dimensions): each syllable adds its own part to each dimension."""
    random = np.random.default_rng(5)
    first, last = random.uniform(0, 2.5, (2, len(FIRST), len(DIMENSIONS)))
    return np.array([a + b for a, b in product(first, last)])


def make_encoder(folder: Path, seed: int = 0) -> Path:
    """Write a two-layer BERT with random weights and a vocabulary of syllables."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    vocabulary = ["[PAD]", "[UNK]", *FIRST, *LAST, *DIMENSIONS]
    words = Tokenizer(models.WordLevel({w: n for n, w in enumerate(vocabulary)}, "[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=16,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(folder)
    return folder


def run_script(script: str, folder: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Run a script that may import these tests in a process, and group, of its own."""
    file = folder / "run.py"
    if not file.exists():  # another process may be reading it
        file.write_text(script)
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, str(file), str(folder)],
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"} | environment,
        start_new_session=True,
    )
