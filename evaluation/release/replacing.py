"""A folder replaced at once; see ``data/durable``."""

from evaluation.data.durable.holding import holding
from evaluation.data.durable.replacing import replacing

__all__ = ["holding", "replacing"]
