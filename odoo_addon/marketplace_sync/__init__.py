from . import models, sync
from .hooks import post_init_hook, uninstall_hook
