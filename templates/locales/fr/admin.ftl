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

# Listes
admin-clock = Heures selon l’horloge de { $zone }.
admin-nothing = Il n’y a rien ici.
admin-show-all = Tout afficher
admin-all-of-it = Tout voir
admin-first = Depuis le début
admin-further = La suite
admin-back = Retour
admin-more-than = plus de { $number }
admin-only-of = Seulement ce qui concerne { $whose }.
admin-only-gave = Seulement ce que { $whose } a donné.
admin-only-holds = Seulement ce que { $whose } détient en son nom.
admin-stale = à plus de la moitié du délai
admin-undeliverable = lettre non remise
admin-ending = Se termine dans la semaine
admin-admins = Administration
admin-admin = administre
admin-external = externe
admin-gone = n’est plus là
admin-here = présent

# Colonnes et indications
admin-number = Numéro
admin-for-whom = Pour qui
admin-decides = Décide
admin-what = Quoi
admin-state = État
admin-asked-at = Demandé
admin-ends-at = Fin
admin-to-whom = À qui
admin-given-by = Donné par
admin-since = Depuis
admin-until = Jusqu’au
admin-name = Nom
admin-owner = À qui c’est
admin-level = Niveau
admin-letter = Lettre
admin-reader = À
admin-tries = Essais
admin-about = Au sujet de
admin-when = Quand
admin-app = Application
admin-scopes = Peut faire
admin-made = Créée
admin-last-request = Dernière demande
admin-happened = Ce qui s’est passé
admin-who = Par qui
admin-filed-by = Déposée par
admin-asked-for = Demandé
admin-given = Donné
admin-expires-at = Se termine
admin-message = Message
admin-renews = Prolonge l’accès
admin-limited-to = Limité à
admin-reshare = Peut être transmis
admin-yes = Oui
admin-comment = Remarque
admin-address = Adresse
admin-username = Nom d’utilisateur
admin-language = Langue et fuseau
admin-resources = Ressources
admin-last-answer = Dernière réponse
admin-message-id = Message-ID
admin-redeem-urls = Ses liens peuvent mener à
admin-relationship = une relation : chacun donne du sien
admin-less = moins que demandé
admin-purged = nettoyée
admin-apps-own = propre à l’application
admin-no-scope = rien
admin-never = aucune conservée
admin-key-live = valable
admin-request-number = Demande nº { $number }
admin-grant-number = Accès nº { $number }
admin-next-try = prochain essai { $moment }
admin-mail-state = { $state ->
    [queued] lettre en attente
    [sent] lettre envoyée
    [deferred] lettre à réessayer
   *[bounced] lettre non remise
}
admin-letter-state = { $state ->
    [queued] en attente
    [sent] envoyée
    [dead] abandonnée
   *[cancelled] plus nécessaire
}

# L’histoire
admin-story = La chaîne du consentement
admin-line-letter = Lettre : { $kind }
admin-line-to = à { $who }
admin-line-went = { $state ->
    [queued] Elle attend.
    [sent] Elle a été envoyée.
    [dead] Elle a été abandonnée.
   *[cancelled] Elle n’était plus nécessaire.
}
admin-its-letters = Ses lettres
admin-came-of-it = Ce qui en est résulté
admin-came-from = Les demandes à l’origine
admin-shared-from = Ce dont il provient
admin-shared-on = Ce qui en a été transmis
admin-by = par { $who }
admin-by-app = par l’application { $app }
admin-by-through = par { $who } par l’intermédiaire de { $app }
admin-by-house = par la maison elle-même, ou son exploitation
admin-the-app = l’application { $app }
admin-through = { $who }, par l’intermédiaire de { $app }
admin-the-house = la maison elle-même, ou son exploitation
admin-from = Depuis { $peer }
admin-reason = Avec ces mots : { $reason }
admin-event = { $event ->
    [request-filed] Demandé
    [request-approved] Accepté
    [request-declined] Refusé
    [request-withdrawn] Retirée
    [request-expired] Terminée sans réponse
    [request-cancelled] Annulée
    [request-resent] Lettre renvoyée
    [request-reminded] Rappel envoyé
    [letter-bounced] Lettre non remise
    [letter-retried] Lettre réessayée
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
    [user-username-changed] Nom d’utilisateur modifié
    [user-password-set] Mot de passe défini
    [user-removed] Personne retirée
    [identity-linked] Compte d’un fournisseur lié
    [identity-unlinked] Compte d’un fournisseur délié
    [session-ended] Session terminée
    [sessions-ended] Toutes les sessions terminées
    [asker-blocked] Personne bloquée
    [asker-unblocked] Blocage d’une personne levé
    [app-blocked] Application bloquée
    [app-unblocked] Blocage d’une application levé
    [group-added] Groupe ajouté
    [group-renamed] Groupe renommé
    [group-member-added] Ajout à un groupe
    [bundle-added] Lot ajouté
    [bundle-handed-over] Lot transmis
    [bundle-renamed] Lot renommé
    [bundle-removed] Lot retiré
    [resource-added] Ressource ajoutée
    [key-added] Clé créée
    [key-revoked] Clé retirée
    [purged] Nettoyé
    [database-restored] Base restaurée
    [server-key-renewed] Clé de la maison renouvelée
   *[other] { $word }
}

# Actes
admin-cancel = Annuler
admin-cancel-what = La demande se termine sans réponse. Qui a demandé et qui aurait décidé en sont informés par e-mail.
admin-cancel-button = Annuler la demande
admin-resend = Renvoyer la lettre
admin-resend-what = Qui décide reçoit une autre lettre avec son propre lien ; les précédentes restent valables.
admin-resend-button = Renvoyer
admin-revoke = Retirer
admin-revoke-what = L’accès se termine aussitôt, et avec lui tous ceux qui en ont été transmis.
admin-revoke-button = Retirer l’accès
admin-retry = Réessayer maintenant
admin-retry-what = La lettre repart aussitôt. Ce qu’elle dit est jugé à nouveau au départ.
admin-retry-button = Réessayer
admin-retry-all = Réessayer toutes les lettres abandonnées
admin-retry-all-what = Chaque lettre abandonnée est remise en file. Celles dont personne n’a plus besoin seront annulées à leur tour.
admin-would-retry = Lettres abandonnées
admin-retry-all-button = En réessayer { $number }
admin-cancel-all = Annuler tout ce qu’elle a demandé
admin-cancel-all-what = Chaque demande déposée par { $app } et restée sans réponse est annulée. Les personnes concernées en sont informées par e-mail. Les accès donnés restent.
admin-would-cancel = Demandes qui seraient annulées
admin-cancel-all-button = En annuler { $number }
admin-revoke-held = Retirer tout ce qu’elle détient
admin-revoke-held-what = Tout accès que { $who } détient en son nom se termine aussitôt, et avec lui ce qui en a été transmis. Ce qui se voit par un groupe reste.
admin-revoke-given = Retirer tout ce qu’elle a donné
admin-revoke-given-what = Tout accès donné par { $who } se termine aussitôt, et avec lui ce qui en a été transmis.
admin-would-revoke = Accès qui prendraient fin
admin-revoke-all-button = En retirer { $number }
admin-key-revoke = Retirer la clé
admin-key-revoke-what = { $app } ne peut plus rien faire avec cette clé. Ce qui est demandé et sans réponse est annulé ; les accès donnés restent.
admin-key-revoke-button = Retirer la clé
admin-said-cancelled = La demande a été annulée.
admin-said-resent = Une autre lettre est en route.
admin-said-revoked = L’accès a été retiré.
admin-said-retried = La lettre est réessayée.
admin-said-not-retried = La lettre a été envoyée, ou n’est plus nécessaire.
admin-said-key-revoked = La clé a été retirée.

# Travaux longs
admin-work-revoke = Retrait d’accès
admin-work-done = Terminé. Il ne reste rien à faire.
admin-work-goes-on = Cela continue. Vous pouvez quitter cette page.
admin-work-left = Cela s’est arrêté avant la fin. Rien n’est perdu : cela reprend où c’en est.
admin-look-again = Voir où cela en est
admin-go-on = Continuer
admin-of = { $done } sur { $total }
admin-removed = Lignes supprimées
admin-checked = Lignes vérifiées
admin-cancelled = Demandes annulées
admin-revoked = Accès retirés
admin-queued-again = Lettres remises en file
admin-started = Commencé
admin-last-step = Dernier pas
admin-verify = Vérifier le journal
admin-verify-what = Chaque ligne est vérifiée par rapport à la précédente, comme le fait la commande audit verify. S’il y en a beaucoup, cela prend un moment.
admin-verify-button = Vérifier
admin-audit-holds = Le journal est intact : aucune ligne n’a été modifiée, aucune ne manque.
admin-audit-broken = Le journal a été modifié de l’extérieur : chaîne { $chain }, ligne { $row }.
admin-purge-what = Ce qui est terminé depuis assez longtemps est supprimé : demandes avec leurs lettres et jetons, sessions, codes, réponses conservées. Jamais un jeton valable, un accès ou le journal.
admin-purge-days = Ce qui est terminé depuis tant de jours, ou plus
admin-purge-days-odd = Indiquez un nombre entier de jours de 0 à { $most }.
admin-purge-count = Seulement compter
admin-would-go = Ce qui partirait
admin-purge-nothing = Rien n’est terminé depuis si longtemps.
admin-purge-button = Supprimer
admin-tokens = Jetons
admin-sessions = Sessions et jetons d’accès
admin-codes = Codes de connexion
admin-answers = Réponses conservées

# Recherche
admin-search-heading = Recherche
admin-search-what = Indiquez un numéro, une adresse, le début d’un nom ou le lien de quelque chose.
admin-search-for = Ce qui a été trouvé pour « { $text } ».
admin-search-nothing = Rien n’a été trouvé. Les noms se trouvent par leur début, avec leurs majuscules.

# La vue d’ensemble
admin-tile-waiting = Attendent une réponse
admin-tile-stale = À plus de la moitié du délai
admin-tile-undeliverable = Lettre non remise
admin-tile-dead = Lettres abandonnées
admin-tile-ending = Accès qui se terminent dans la semaine
admin-most = La plus haute barre : { $number }
admin-first-of-them = Les premières de la liste
admin-by-day = Demandes, jour par jour
admin-by-day-said = Barres pour chaque jour : combien ont été posées, et combien se sont terminées et comment. Les mêmes chiffres sont dans le tableau ci-dessous.
admin-span = Jusqu’où remonter
admin-days = { $number } jours
admin-day = Jour
admin-chart-since = Seuls les changements les plus récents sont comptés : tous depuis { $moment }.
admin-asked = demandées
admin-ended-otherwise = terminées autrement
admin-as-table = Les chiffres en tableau
admin-times = Combien de temps prennent les décisions
admin-within-minutes = jusqu’à 10 minutes
admin-within-hour = jusqu’à 1 heure
admin-within-six-hours = jusqu’à 6 heures
admin-within-day = jusqu’à 1 jour
admin-within-three-days = jusqu’à 3 jours
admin-within-longer = plus longtemps
admin-outcomes = Ce que sont devenues les lettres
admin-house = La maison
admin-mail = E-mail
admin-mail-goes = part
admin-mail-paused = à l’arrêt jusqu’au { $moment }
admin-letters-wait = Lettres en attente
admin-over = Terminées, peuvent être nettoyées
admin-unswept = Terminées, pas encore consignées
admin-version = Version
admin-schema = Schéma
admin-epoch = Époque
admin-holds = Ce qu’elle détient
admin-gave = Ce qu’elle a donné
