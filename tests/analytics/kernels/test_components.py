import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.kernels.components import weak_components
from analytics.structure.votes import Arrows

NODE = st.integers(0, 19)


@given(st.lists(st.tuples(NODE, NODE), max_size=30))
def test_components_are_those_of_networkx_named_by_their_smallest(links: list[tuple[int, int]]) -> None:
    net = nx.Graph(links)
    net.add_nodes_from(range(20))
    expected = np.zeros(20, int)
    for component in nx.connected_components(net):
        expected[list(component)] = min(component)
    arrows = Arrows.of(20, [a for a, _ in links], [b for _, b in links])
    assert weak_components(arrows.start, arrows.head).tolist() == expected.tolist()
