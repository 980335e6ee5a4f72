<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/**
 * The page behind an invitation's link, for visitors without an account.
 */

// GLPI 11 has loaded everything already; on GLPI 10 this page is an entry point.
if (!defined('GLPI_VERSION')) {
    $SECURITY_STRATEGY = 'no_check';
    // By the script's name, not its place, so that a linked folder works as well.
    include(dirname((string) $_SERVER['SCRIPT_FILENAME'], 4) . '/inc/includes.php');
}

// GLPI 10 serves the pages of plugins that are switched off.
if (!Plugin::isPluginActive('glpikeys')) {
    http_response_code(404);
    return;
}

(new \GlpiPlugin\Glpikeys\Join\Page())->answer();
