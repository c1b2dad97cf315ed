"""The coarsest common grouping: municipalities that ever exchanged area are one."""

from __future__ import annotations

from evaluation.data.registers.municipalities.correspondence import Correspondence

Node = tuple[int, str]


def coarsest(correspondence: Correspondence) -> dict[Node, str]:
    """Return the group of each code in each vintage, known by its lowest last code.

    Two codes are in one group where a chain of mergers, splits and recodings leads from one to the
    other, whatever the shares: a code given to another place later is another code.

    Returns
    -------
    dict
        Group by position of the vintage and code.
    """
    vintages = correspondence.vintages
    last = len(vintages)  # a layer of its own for what codes become
    parent: dict[Node, Node] = {}

    def root(node: Node) -> Node:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for at, vintage in enumerate(vintages):
        for code, news in vintage.into.items():
            for new in news:
                # The lower last code stays the root, so that it names the group.
                one, other = root((last, new)), root((at, code))
                low, high = sorted((one, other), key=lambda node: (node[0] != last, node[1]))
                parent[high] = low
    return {
        (at, code): root((at, code))[1]
        for at, vintage in enumerate(vintages)
        for code in vintage.into
    }
