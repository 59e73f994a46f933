# The words that emails and pages share: levels, dates, lists, labels. No sentence puts a name after "de" or "que", which
# would have to be elided before a vowel, and none puts $things after "à" or "de", since it may begin with "les".

direction = ltr

# A level within a sentence or a list.
level = { $level ->
    [view] consulter
    [edit] consulter et modifier
   *[contribute] consulter, modifier, ajouter et supprimer
}

# "… souhaite consulter « Sommeil »": a verb with a direct object. `mixed`: several items, not all at one level.
do-with = { $level ->
    [view] consulter
    [edit] consulter et modifier
    [contribute] modifier, compléter et supprimer
   *[mixed] utiliser
}

# « Consulter « Sommeil » »: a level with its object, by itself.
access-to = { $level ->
    [view] Consulter { $things }
    [edit] Consulter et modifier { $things }
   *[contribute] Consulter, modifier, compléter et supprimer { $things }
}

# What access is to. A relationship ("coach") is not an item of its own but a share in somebody's data.
thing-data = { $name }
thing-yours = vos données (rôle : { $name })
thing-theirs = les données appartenant à { $owner } (rôle : { $name })
thing-named = « { $name } »
things-more = { $first } et { $more ->
    [one] { $more } autre
   *[other] { $more } autres
}
thing-at-level = { $thing } : { level }
thing-with-resources = { $thing } ({ $resources })
resources-more = { $first } et { $more ->
    [one] { $more } autre
   *[other] { $more } autres
}

month = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
weekday = { $weekday ->
    [1] lundi
    [2] mardi
    [3] mercredi
    [4] jeudi
    [5] vendredi
    [6] samedi
   *[7] dimanche
}
# Each follows "le", "au" or "du".
day = { $day ->
    [1] 1er { month }
   *[other] { $day } { month }
}
day-and-year = { day } { $year }
moment = { weekday } { day } à { $hour } h { $minute }
moment-and-year = { weekday } { day-and-year } à { $hour } h { $minute }
zone-note = Les heures sont indiquées dans le fuseau horaire { $zone }.

days = { $number ->
    [one] { $number } jour
   *[other] { $number } jours
}
hours = { $number ->
    [one] { $number } heure
   *[other] { $number } heures
}
minutes = { $number ->
    [one] { $number } minute
   *[other] { $number } minutes
}
seconds = { $number ->
    [one] { $number } seconde
   *[other] { $number } secondes
}

list-more = { $before }, { $after }
list-last = { $before } et { $after }

# $giver: who can stop sharing: the reader (`you`), somebody else (`they`, or `named` as $name), or left open (`none`).
how-long-open = { $giver ->
    [you] jusqu’à ce que vous arrêtiez le partage
    [they] jusqu’à l’arrêt du partage
    [named] jusqu’à l’arrêt du partage par { $name }
   *[none] sans date de fin
}
how-long-moment = jusqu’au { $moment }
how-long-length = pendant { $length }
how-long-from-yes = { $giver ->
    [you] pendant { $length } à partir de votre accord
    [they] pendant { $length } à partir de votre acceptation
   *[none] pendant { $length } à partir de l’accord
}
# Behind a label, in plain text.
colon =  :
asked-instead = { $given } (initialement : { $asked })

person-with-address = { $name } ({ $address })

fact-who-asks = Demandé par
fact-who-offers = Proposé par
fact-who-shares = Partagé par
fact-group = Partagé avec le groupe
fact-filed-by = Envoyé par
fact-through = Application
fact-whose = Propriétaire
fact-what = Données
fact-includes = Éléments
fact-access = Niveau d’accès
fact-how-long = Durée
fact-answer-by = Date limite de réponse
fact-waits-until = Expire le
fact-has-it = Fin de l’accès actuel
fact-from = Partagé par
fact-ends = Prend fin le
fact-ended = A pris fin le
fact-taken-back = A pris fin le
fact-browser = Navigateur
fact-remembered = Mémorisé depuis le
fact-changed = Modifié le
language-name = Français
fact-noticed = Constaté le
fact-pending = Demandes en attente
fact-stale = Demandes en attente qui expirent dans les 24 heures
fact-undeliverable = Demandes en attente dont l’e-mail n’a pas été remis
fact-ending = Accès qui prennent fin dans les 7 jours
more-than = plus de { $number }
fact-approved-by = Approuvé par
fact-given = Approuvé
fact-asked = Demandé
fact-mailed-to = Envoyé à
fact-what-happened = Problème
instance-help = Aide
instance-privacy = Confidentialité
instance-imprint = Mentions légales
instance-powered = Fonctionne avec Countersign
