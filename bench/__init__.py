"""
Whole handoffs between two real processes, against the floor of their unavoidable parts.

``sides`` makes and runs the two authorities, ``driver`` plays ports and officials through
``client``, ``runs`` measures, ``floor`` measures the parts alone, ``report`` says it. Every
figure is of this machine at this hour; only ratios of one run compare with those of another.
"""
