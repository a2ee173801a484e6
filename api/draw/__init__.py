"""Pictures: the network question, and a shock by rounds, as one page that needs nothing but a browser.

`marks` asks for what is marked, `scene` says what is drawn and folds the leaves of hubs, `layered` and `stress` place
it, `detours` bends lines round strangers, `written` finds room for names and for what stands on lines, by the boxes of
`labels`, `overlay` lays the marks over it, `page` writes it with pyvis and its vis-network in the `frame` of all
pictures, `style` holds colours, dashes and shapes; `asked` puts it together. `rounds` draws a shock. Positions are
computed here and physics stays off: the page is quick, the same every time, and nothing moves unless a person moves it.
"""

from api.draw.page import draw

__all__ = ["draw"]
