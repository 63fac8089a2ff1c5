"""Scores from a server and from the same model here are the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from humanlike.models import open_model
from humanlike.models.base import Settings
from humanlike.tasks.triplets import prompt
from models.endpoint import Endpoint, Request, Say, completion
from models.servers import asked
from models.tiny import make


def reading_back(folder: Path) -> Any:
    """Return a script that does what vLLM does with echo and logprobs, one text at a time.

    As there, places of tokens are sums of the lengths of all before, the mark of the beginning
    included, although that is not part of the text.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

    @torch.inference_mode()
    def script(request: Request) -> Say:
        text = request.body["prompt"]
        read = tokenizer(text, return_tensors="pt")
        ids = read["input_ids"][0]
        texts = [tokenizer.decode([number]) for number in ids.tolist()]
        logs = model(ids[None]).logits[0].float().log_softmax(-1)
        own = [None, *logs[:-1].gather(1, ids[1:, None])[:, 0].tolist()]
        offsets = [sum(map(len, texts[:place])) for place in range(len(texts) + 1)]
        logprobs = {
            "tokens": [*texts, "!"],
            "token_logprobs": [*own, -1.0],
            "text_offset": offsets,
        }
        usage = {"prompt_tokens": len(texts), "completion_tokens": 1}
        body = completion(request, text + "!", usage=usage)
        body["choices"][0]["logprobs"] = logprobs
        return Say(body)

    return script


def test_a_server_scores_as_the_same_model_does_here(tmp_path: Path) -> None:
    folder = make(tmp_path / "tiny")
    words = ["dog", "cat", "aardvark", "car", "wheel", "apple pie", "lemon", "sea", "boat", "hat"]
    prompts = [
        prompt(a, b, c, "base") for a, b, c in zip(words, words[1:], words[2:], strict=False)
    ]
    with Endpoint(reading_back(folder)) as server:
        there = asked(server, prompts, Settings(mode="score"))
    model = open_model(f"hf:{folder},dtype=float32,device=cpu")
    here = dict(model.answer(prompts, Settings(mode="score")))
    model.close()
    for place, answer in enumerate(there):
        assert answer.scores == pytest.approx(here[place].scores, abs=1e-4)
        assert answer.text == here[place].text
