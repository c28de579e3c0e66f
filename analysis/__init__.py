"""How much one country depends on another for its arms: sourced tables, measures, charts.

The verbs are modules: ``from analysis import load, measure, draw, export``.
"""
