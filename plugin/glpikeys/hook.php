<?php

/**
 * What GLPI calls by name: install, uninstall, hooks.
 *
 * @license GPL-3.0-or-later
 */

function plugin_glpikeys_install()
{
    return (new \GlpiPlugin\Glpikeys\Installer())->install();
}

function plugin_glpikeys_uninstall()
{
    return (new \GlpiPlugin\Glpikeys\Installer())->uninstall();
}

function plugin_glpikeys_item_purge($item)
{
    PluginGlpikeysInvitation::onPurged($item);
}

function plugin_glpikeys_user_update($user)
{
    PluginGlpikeysRegistration::onUserUpdated($user);
}
