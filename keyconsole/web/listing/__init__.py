"""What pages list: filters from the URL, sorting, paging, and the queries behind them. Writes nothing."""

from __future__ import annotations
