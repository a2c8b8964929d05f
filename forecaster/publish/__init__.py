"""Render: from domain types to bytes, without input or output."""
