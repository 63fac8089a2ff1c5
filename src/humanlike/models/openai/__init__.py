"""OpenAI-compatible servers.

``model`` opens a spec, ``asking`` puts many prompts at once and retries by cause, ``wire`` and
``scoring`` turn prompts into requests and replies into answers, ``faults`` decides what follows,
``spending`` counts money, ``connections`` speaks HTTP, ``loop`` hides that all of it is
asynchronous, ``batch`` hands over many requests for later.
"""

from humanlike.models.openai.model import OpenAIModel, open_spec

__all__ = ["OpenAIModel", "open_spec"]
