#!/usr/bin/env python3
"""Starts Odoo from any tree on PYTHONPATH, 18.0 and 19.0 alike.

A file of its own rather than ``python3 -m odoo``: with workers, Odoo starts its gevent process by running
``sys.argv[0]`` again.
"""
from odoo.cli.command import main

if __name__ == "__main__":
    main()
