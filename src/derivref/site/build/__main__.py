"""``python -m derivref.site.build``: build the site and check it."""

from derivref.site.build.strict import main

main()
