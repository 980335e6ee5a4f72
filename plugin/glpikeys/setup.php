<?php

/**
 * GLPI Keys: invitations that create accounts.
 *
 * This file and hook.php are read by every PHP that GLPI 10 runs on, so they
 * stay readable for PHP 7.4 and refuse it politely.
 *
 * @license GPL-3.0-or-later
 */

define('PLUGIN_GLPIKEYS_VERSION', '1.0.0');
define('PLUGIN_GLPIKEYS_MIN_PHP', '8.1.0');
// The oldest version that was tested, and the first that was not.
define('PLUGIN_GLPIKEYS_MIN_GLPI', '10.0.12');
define('PLUGIN_GLPIKEYS_MAX_GLPI', '11.0.99');

function plugin_version_glpikeys()
{
    return [
        'name'         => 'GLPI Keys',
        'version'      => PLUGIN_GLPIKEYS_VERSION,
        'author'       => 'GLPI Keys contributors',
        'license'      => 'GPL-3.0-or-later',
        'homepage'     => '',
        'requirements' => [
            'glpi' => [
                'min' => PLUGIN_GLPIKEYS_MIN_GLPI,
                'max' => PLUGIN_GLPIKEYS_MAX_GLPI,
            ],
            'php'  => [
                'min'  => PLUGIN_GLPIKEYS_MIN_PHP,
                'exts' => [
                    'sodium' => ['required' => true],
                ],
            ],
        ],
    ];
}

function plugin_glpikeys_check_prerequisites()
{
    if (version_compare(PHP_VERSION, PLUGIN_GLPIKEYS_MIN_PHP, '<')) {
        echo 'GLPI Keys needs PHP ' . PLUGIN_GLPIKEYS_MIN_PHP . ' or later.';
        return false;
    }
    return true;
}

function plugin_glpikeys_check_config($verbose = false)
{
    return true;
}

function plugin_init_glpikeys()
{
    global $PLUGIN_HOOKS;

    $PLUGIN_HOOKS['csrf_compliant']['glpikeys'] = true;

    if (version_compare(PHP_VERSION, PLUGIN_GLPIKEYS_MIN_PHP, '<')) {
        return;
    }

    // GLPI 11 asks for a session on plugin pages unless told otherwise; GLPI 10
    // asks for none. The page is for people who have no account yet.
    if (
        class_exists('Glpi\\Http\\Firewall')
        && method_exists('Glpi\\Http\\Firewall', 'addPluginStrategyForLegacyScripts')
    ) {
        \Glpi\Http\Firewall::addPluginStrategyForLegacyScripts(
            'glpikeys',
            '#^/front/join\.php$#',
            \Glpi\Http\Firewall::STRATEGY_NO_CHECK
        );
    }

    if (!Plugin::isPluginActive('glpikeys')) {
        return;
    }

    // Before GLPI's own check of form tokens, which comes after this.
    \GlpiPlugin\Glpikeys\Join\FormToken::arrange();

    Plugin::registerClass('PluginGlpikeysProfile', ['addtabon' => ['Profile']]);
    Plugin::registerClass('PluginGlpikeysRegistration', ['addtabon' => ['PluginGlpikeysInvitation']]);

    if (PluginGlpikeysInvitation::canView()) {
        $PLUGIN_HOOKS['menu_toadd']['glpikeys'] = ['admin' => 'PluginGlpikeysInvitation'];
    }

    if (Session::haveRight('config', UPDATE)) {
        $PLUGIN_HOOKS['config_page']['glpikeys'] = 'front/config.form.php';
    }

    // An invitation whose entity, profile or group is gone must stop: a missing
    // entity would otherwise become the root entity, the worst of all choices.
    $PLUGIN_HOOKS['item_purge']['glpikeys'] = [
        'Entity'  => 'plugin_glpikeys_item_purge',
        'Profile' => 'plugin_glpikeys_item_purge',
        'Group'   => 'plugin_glpikeys_item_purge',
        'User'    => 'plugin_glpikeys_item_purge',
    ];

    // Who makes a waiting account active in GLPI itself has answered.
    $PLUGIN_HOOKS['item_update']['glpikeys'] = ['User' => 'plugin_glpikeys_user_update'];
}
