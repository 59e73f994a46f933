# What the administrators' pages say. No HTML here. Words that other pages say too are in pages.ftl.

# Around every page
admin-rooms = Administration
admin-overview = Vue d’ensemble
admin-requests = Demandes
admin-grants = Accès
admin-users = Personnes
admin-bundles = Ensembles
admin-queue = Boîte d’envoi
admin-emails = Aperçus des e-mails
admin-keys = Clés
admin-audit = Journal d’audit
admin-purge = Purge
admin-search = Rechercher des personnes, des ensembles, des accès, des demandes et des e-mails
admin-search-hint = Adresse, nom ou numéro
admin-search-button = Rechercher

# Lists
admin-nothing = Il n’y a rien ici.
admin-show-all = Tout afficher
admin-all-of-it = Tout voir
admin-first = Première page
admin-further = Page suivante
admin-back = Retour
admin-more-than = plus de { $number }
admin-only-of = Seulement les lignes concernant { $whose }.
admin-only-gave = Seulement les accès donnés par { $whose }.
admin-only-holds = Seulement les accès donnés directement à { $whose }.
admin-stale = Délai à moitié écoulé
admin-undeliverable = E-mail non remis
admin-ending = Prend fin dans les 7 jours
admin-admins = Admins
admin-admin = Admin
admin-external = Externe
admin-gone = Supprimé
admin-here = Actif

# Columns and facts
admin-number = Numéro
admin-for-whom = Demandé par
admin-decides = Décision par
admin-what = Données
admin-state = État
admin-asked-at = Envoi
admin-ends-at = Fin
admin-to-whom = Donné à
admin-given-by = Donné par
admin-since = Début
admin-until = Fin
admin-name = Nom
admin-owner = Propriétaire
admin-level = Niveau d’accès
admin-email = E-mail
admin-reader = À
admin-tries = Tentatives
admin-about = Concerne
admin-when = Date
admin-app = Application
admin-scopes = Droits
admin-made = Création
admin-last-request = Dernière demande
admin-happened = Événement
admin-who = Par
admin-filed-by = Envoyé par
admin-asked-for = Demandé
admin-given = Approuvé
admin-expires-at = Expire le
admin-message = Message
admin-renews = Prolonge l’accès
admin-limited-to = Limité à
admin-reshare = Peut être partagé ensuite
admin-yes = Oui
admin-comment = Commentaire
admin-address = Adresse
admin-username = Identifiant
admin-language = Langue et fuseau horaire
admin-resources = Ressources
admin-last-answer = Dernière réponse du serveur
admin-message-id = Message-ID
admin-redeem-urls = Ses liens peuvent mener à
admin-relationship = Une relation : ouvre les propres données de chaque personne
admin-less = Moins que demandé
admin-purged = Purgée
admin-apps-own = Propre à l’application
admin-no-scope = Aucun
admin-never = Aucune connue
admin-key-live = Valable
# Of a key or of access, and a label before a date.
admin-is-revoked = Accès retiré
admin-request-number = Demande n° { $number }
admin-grant-number = Accès n° { $number }
admin-next-try = Prochaine tentative le { $moment }
admin-mail-state = { $state ->
    [queued] E-mail en attente
    [sent] E-mail envoyé
    [deferred] E-mail différé
   *[bounced] E-mail non remis
}
admin-email-state = { $state ->
    [queued] En attente
    [sent] Envoyé
    [dead] Échec
   *[cancelled] Annulé
}

# History
admin-story = Historique
admin-line-email = E-mail : { $kind }
admin-line-to = à { $who }
admin-line-went = { $state ->
    [queued] En attente.
    [sent] Envoyé.
    [dead] Échec.
   *[cancelled] Annulé : il n’est plus utile.
}
admin-its-emails = E-mails
admin-came-of-it = Accès obtenus
admin-came-from = Demandes à l’origine de cet accès
admin-shared-from = Accès d’origine
admin-shared-on = Accès partagés à partir de celui-ci
admin-by = par { $who }
admin-by-app = par l’application { $app }
admin-by-through = par { $who } avec { $app }
admin-by-house = par le système ou l’équipe d’exploitation
admin-the-app = l’application { $app }
admin-through = { $who }, avec { $app }
admin-the-house = le système ou l’équipe d’exploitation
admin-from = Depuis { $peer }
admin-reason = Explication : { $reason }
admin-event = { $event ->
    [request-filed] Demande envoyée
    [request-approved] Demande approuvée
    [request-declined] Demande refusée
    [request-withdrawn] Demande retirée
    [request-expired] Demande expirée
    [request-cancelled] Demande annulée
    [request-resent] E-mail renvoyé
    [request-reminded] Rappel envoyé
    [letter-bounced] E-mail non remis
    [letter-retried] Nouvelle tentative d’envoi
    [grant-made] Accès donné
    [grant-changed] Accès modifié
    [grant-prolonged] Accès prolongé
    [grant-shortened] Prolongation annulée
    [grant-superseded] Remplacé par un accès plus récent
    [grant-revoked] Accès retiré
    [grant-deleted] Accès supprimé
    [user-added] Personne ajoutée
    [user-set] Personne modifiée
    [user-renamed] Personne renommée
    [user-address-changed] Adresse modifiée
    [user-username-changed] Identifiant modifié
    [user-password-set] Mot de passe défini
    [user-removed] Personne supprimée
    [identity-linked] Compte associé
    [identity-unlinked] Compte dissocié
    [browser-remembered] Navigateur mémorisé
    [browser-forgotten] Navigateur mémorisé retiré
    [browser-copied] Cookie de navigateur copié utilisé, navigateur retiré
    [user-change-confirmed] Changement de compte confirmé
    [user-language-chosen] Langue et fuseau horaire choisis
    [session-ended] Session fermée
    [sessions-ended] Toutes les sessions fermées
    [asker-blocked] Personne bloquée
    [asker-unblocked] Personne débloquée
    [app-blocked] Application bloquée
    [app-unblocked] Application débloquée
    [group-added] Groupe ajouté
    [group-renamed] Groupe renommé
    [group-member-added] Ajout à un groupe
    [bundle-added] Ensemble ajouté
    [bundle-handed-over] Ensemble transféré
    [bundle-renamed] Ensemble renommé
    [bundle-removed] Ensemble supprimé
    [resource-added] Ressource ajoutée
    [app-added] Application créée
    [app-changed] Application modifiée
    [key-added] Clé créée
    [key-revoked] Clé révoquée
    [purged] Purge effectuée
    [database-restored] Base de données restaurée
    [server-key-renewed] Clé du serveur renouvelée
   *[other] { $word }
}

# Actions
admin-cancel = Annuler la demande
admin-cancel-what = La demande est close sans décision. Nous écrivons à la personne qui demande et à celle qui décide.
admin-cancel-button = Annuler la demande
admin-resend = Renvoyer l’e-mail
admin-resend-what = La personne qui décide reçoit un autre e-mail, avec un nouveau lien. Les liens précédents fonctionnent toujours.
admin-resend-button = Renvoyer l’e-mail
admin-revoke = Retirer l’accès
admin-revoke-what = Cet accès prend fin immédiatement, ainsi que tous les accès partagés à partir de celui-ci.
admin-revoke-button = Retirer l’accès
admin-retry = Réessayer
admin-retry-what = L’e-mail part maintenant, avec les informations actuelles.
admin-retry-button = Réessayer l’envoi
admin-retry-all = Réessayer d’envoyer tous les e-mails en échec
admin-retry-all-what = Tous les e-mails en échec sont remis en attente. Ceux qui ne sont plus utiles sont annulés.
admin-would-retry = E-mails en échec
admin-retry-all-button = Réessayer d’envoyer ces e-mails ({ $number })
admin-cancel-all = Annuler toutes les demandes de cette application
admin-cancel-all-what = Toutes les demandes en attente envoyées par { $app } sont annulées. Nous écrivons aux personnes concernées. Les accès existants ne changent pas.
admin-would-cancel = Demandes à annuler
admin-cancel-all-button = Annuler ces demandes ({ $number })
admin-revoke-held = Retirer tous ses accès
admin-revoke-held-what = Tous les accès donnés directement à { $who } prennent fin immédiatement, ainsi que tous les accès partagés à partir de ceux-ci. Les accès obtenus par un groupe ne changent pas.
admin-revoke-given = Retirer tous les accès donnés
admin-revoke-given-what = Tous les accès donnés par { $who } prennent fin immédiatement, ainsi que tous les accès partagés à partir de ceux-ci.
admin-would-revoke = Accès à retirer
admin-revoke-all-button = Retirer ces accès ({ $number })
admin-key-revoke = Révoquer la clé
admin-key-revoke-what = { $app } ne peut plus utiliser cette clé. Ses demandes en attente sont annulées. Les accès existants ne changent pas.
admin-key-revoke-button = Révoquer la clé
admin-said-cancelled = La demande est annulée.
admin-said-resent = Nous envoyons un autre e-mail.
admin-said-revoked = L’accès est retiré.
admin-said-retried = Nous renvoyons l’e-mail.
admin-said-not-retried = Cet e-mail est déjà envoyé, ou n’est plus utile.
admin-said-key-revoked = La clé est révoquée.

# Long work
admin-work-revoke = Retrait des accès
admin-work-done = Terminé.
admin-work-goes-on = Le travail est en cours. Vous pouvez quitter cette page.
admin-work-left = Le travail s’est arrêté avant la fin. Rien n’est perdu : vous pouvez continuer.
admin-look-again = Actualiser l’avancement
admin-go-on = Continuer
admin-of = { $done } sur { $total }
admin-removed = Lignes supprimées
admin-checked = Lignes vérifiées
admin-cancelled = Demandes annulées
admin-revoked = Accès retirés
admin-queued-again = E-mails remis en attente
admin-started = Début
admin-last-step = Dernière étape
admin-verify = Vérifier le journal d’audit
admin-verify-what = Chaque ligne est comparée à la précédente, comme avec la commande audit verify. La vérification d’un long journal peut prendre du temps.
admin-verify-button = Vérifier le journal d’audit
admin-audit-holds = Le journal d’audit est intact. Aucune ligne n’a été modifiée, aucune ne manque.
admin-audit-broken = Le journal d’audit a été modifié de l’extérieur : chaîne { $chain }, ligne { $row }.
admin-purge-what = Supprime les demandes closes depuis longtemps, avec leurs e-mails et leurs liens. Supprime aussi les anciennes sessions, les codes de connexion et les réponses conservées. Les accès actuels et le journal d’audit ne changent pas.
admin-purge-days = Nombre minimal de jours depuis la clôture
admin-purge-days-odd = Saisissez un nombre entier de jours, de 0 à { $most }.
admin-purge-count = Afficher un aperçu
admin-would-go = Lignes à supprimer
admin-purge-nothing = Il n’y a rien d’aussi ancien à supprimer.
admin-purge-button = Supprimer ces lignes
admin-tokens = Liens
admin-sessions = Sessions et jetons d’accès
admin-codes = Codes de connexion
admin-answers = Réponses conservées

# Search
admin-search-heading = Recherche
admin-search-what = Saisissez un numéro, une adresse, le début d’un nom ou le lien d’une ressource.
admin-search-for = Résultats pour « { $text } »
admin-search-nothing = Aucun résultat pour « { $text } ». Saisissez le début d’un nom, en respectant les majuscules.

# The overview
admin-tile-waiting = Demandes en attente
admin-tile-stale = Délai à moitié écoulé
admin-tile-undeliverable = E-mail non remis
admin-tile-dead = E-mails en échec
admin-tile-ending = Accès qui prennent fin dans les 7 jours
admin-most = Maximum de l’échelle : { $number }
admin-first-of-them = Du plus ancien au plus récent
admin-by-day = Demandes par jour
admin-by-day-said = Graphique en barres des demandes par jour : combien ont été envoyées, combien ont été closes et comment. Le tableau ci-dessous donne les mêmes chiffres.
admin-span = Période
admin-days = { $number } jours
admin-day = Jour
admin-chart-since = Seuls les changements récents sont comptés, depuis le { $moment }.
# In one list with "Approuvée" and "Refusée".
admin-asked = Envoyée
admin-ended-otherwise = Close autrement
admin-as-table = Afficher en tableau
admin-times = Délai de décision
admin-within-minutes = Jusqu’à 10 minutes
admin-within-hour = Jusqu’à 1 heure
admin-within-six-hours = Jusqu’à 6 heures
admin-within-day = Jusqu’à 1 jour
admin-within-three-days = Jusqu’à 3 jours
admin-within-longer = Plus longtemps
admin-outcomes = Remise des e-mails
admin-house = Système
admin-mail = E-mail
admin-mail-goes = Envoi actif
admin-mail-paused = En pause jusqu’au { $moment }
admin-emails-wait = E-mails en attente
admin-over = Terminées, prêtes à être purgées
admin-unswept = Expirées, pas encore closes
admin-version = Version
admin-schema = Schéma
admin-epoch = Époque
admin-holds = Ses accès
admin-gave = Accès donnés
