<?php

declare(strict_types=1);

/** Placeholder until the status row is filled. */
class PluginGlpikeysStatus extends CommonDBTM
{
    public static $rightname = 'plugin_glpikeys_invitation';
}
