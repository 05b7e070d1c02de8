"""Evidence for people and machines: one HTML page, Markdown for a merge request, JUnit, JSON, and the network's map.

Everything here is a pure function from frozen data to text; who writes the text where is not its business.
"""
