"""The published facts, one topic a file; a new fact is one entry of its topic's FACTS.

Figures are those of the project's table of facts: of the Oslo Economics report 2023-68 (OE), of
Statistics Norway (SSB), and of the abstract of Dahl and Lima (2018). Rows of that table which a
simulated population cannot speak to are not here: what offices say of practice and of perceived
effects (OE 5-3, 6-10, 7-3), what another programme did (OE 3.3), and offices' answers on how many
of their recipients are in measures (OE 6-3), which do not agree with counts of participants.
"""
