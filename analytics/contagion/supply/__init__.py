"""What stands still when a firm stops: production that is lost for want of inputs and of orders.

`network` holds who sells to whom and what of it is essential to whom; `cascade` follows one shock to where nothing more
is lost, `ranking` many of them side by side, and all firms one by one; `timeline` follows one period by period, where
stocks last a while and firms recover. `finance` says which firms fail for it, and what banks lose by them.
"""
