# What the administrators' pages say. No HTML here. Words that other pages say too are in pages.ftl.

# Around every page
admin-rooms = Administration
admin-overview = Overview
admin-requests = Requests
admin-grants = Access
admin-users = People
admin-bundles = Bundles
admin-queue = Outbox
admin-letters = Letters
admin-keys = Keys
admin-audit = Audit
admin-purge = Purge
admin-search = Search people, bundles, access, requests and letters
admin-search-hint = Address, name or number
admin-search-button = Search
