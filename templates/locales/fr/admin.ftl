# Ce que disent les pages de l’administration. Pas de HTML ici. Les mots que d’autres pages disent aussi sont dans pages.ftl.

# Autour de chaque page
admin-rooms = Administration
admin-overview = Vue d’ensemble
admin-requests = Demandes
admin-grants = Accès
admin-users = Personnes
admin-bundles = Lots
admin-queue = Envois
admin-letters = Lettres
admin-keys = Clés
admin-audit = Journal
admin-purge = Nettoyage
admin-search = Chercher des personnes, des lots, des accès, des demandes et des lettres
admin-search-hint = Adresse, nom ou numéro
admin-search-button = Chercher
