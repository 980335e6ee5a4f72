<?php

/**
 * The list of invitations in GLPI.
 *
 * @license GPL-3.0-or-later
 */

declare(strict_types=1);

// GLPI 11 has started already; GLPI 10 has to be started.
if (!defined('GLPI_ROOT')) {
    include '../../../inc/includes.php';
}
if (!Plugin::isPluginActive('glpikeys')) {
    http_response_code(404);
    exit;
}

Session::checkRight(PluginGlpikeysInvitation::$rightname, READ);

Html::header(
    PluginGlpikeysInvitation::getTypeName(Session::getPluralNumber()),
    $_SERVER['PHP_SELF'],
    'admin',
    PluginGlpikeysInvitation::class
);
Search::show(PluginGlpikeysInvitation::class);
Html::footer();
