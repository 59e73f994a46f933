# Les mots communs à toutes les lettres : droits, dates, listes, libellés. Aucune phrase ne met un nom après « de » ou
# « que », qui devraient s’élider devant lui.

direction = ltr

level = { $level ->
    [view] consulter
    [edit] consulter et modifier
   *[contribute] consulter, modifier, ajouter et supprimer
}

# « … demande l’accès en lecture à Sleep data ». `mixed` : plusieurs choses, pas toutes avec le même droit.
access-to = { $level ->
    [view] l’accès en lecture à
    [edit] l’accès en lecture et écriture à
    [contribute] l’accès en lecture, écriture et suppression à
   *[mixed] l’accès à
}

# « … souhaite consulter Sleep data »
do-with = { $level ->
    [view] consulter
    [edit] consulter et modifier
    [contribute] consulter, modifier, ajouter et supprimer
   *[mixed] utiliser
}

# Ce que permet un droit. Le plus fort vient en premier.
level-explained = { $level ->
    [view] lire, sans rien changer
    [edit] modifier et lire
   *[contribute] supprimer, ajouter, modifier et lire
}

access-explained = { level } ({ level-explained })

thing-data = { $name }
thing-yours = vos données au titre de { $name }
thing-theirs = ce que { $owner } partage au titre de { $name }
thing-named = « { $name } »
things-more = { $first } et { $more } autres
thing-at-level = { $thing } : { level }
thing-with-resources = { $thing } ({ $resources })
resources-more = et { $more } autres

month = { $month ->
    [1] janv.
    [2] févr.
    [3] mars
    [4] avr.
    [5] mai
    [6] juin
    [7] juil.
    [8] août
    [9] sept.
    [10] oct.
    [11] nov.
   *[12] déc.
}
day = { $day ->
    [1] 1er { month } { $year }
   *[other] { $day } { month } { $year }
}
moment = { day } à { $hour } h { $minute } ({ $zone })

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

how-long-open = sans date de fin
how-long-moment = jusqu’au { $moment }
how-long-length = pendant { $length }
how-long-from-yes = pendant { $length }, à compter de votre accord
# Behind a label, in plain text.
colon =  :
asked-instead = { $given }, au lieu de : { $asked }

person-with-address = { $name } ({ $address })

fact-who-asks = Qui demande
fact-who-offers = Qui propose
fact-who-shares = Qui partage
fact-group = Avec le groupe
fact-filed-by = Déposée par
fact-through = Via l’app
fact-whose = Appartient à
fact-what = Quoi
fact-includes = Contient
fact-access = Accès
fact-how-long = Durée
fact-answer-by = Répondre avant
fact-waits-until = En attente jusqu’au
fact-has-it = Accès actuel jusqu’au
fact-from = De la part de
fact-ends = Prend fin le
fact-ended = A pris fin le
fact-taken-back = Retiré le
fact-noticed = Constaté le
fact-pending = Demandes sans réponse
fact-stale = … qui prennent fin sous un jour
fact-undeliverable = … dont le message n’est pas arrivé
fact-ending = Accès prenant fin sous une semaine
more-than = plus de { $number }
fact-given = Accordé
fact-asked = Demandé
fact-mailed-to = Envoyé à
fact-what-happened = Ce qui s’est passé
instance-help = Aide
instance-privacy = Confidentialité
instance-imprint = Mentions légales
instance-powered = Propulsé par Countersign
