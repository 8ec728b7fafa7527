<?php

declare(strict_types=1);

namespace Kameng;

/**
 * Gives leased messages to a program of the shop: the message's JSON on standard input, exit 0 for
 * sent. The program words it (`text`, `params`, `locale`) and hands it to a mail server or an SMS
 * provider. Without a program messages are not sent, and the engine offers them again.
 */
final class MessageCommand
{
    public function __construct(private readonly ?string $command = null)
    {
    }

    /**
     * @param array<string, mixed> $message as in outbox.pull
     *
     * @return array<string, mixed> the rest of its outbox.done
     */
    public function send(array $message): array
    {
        if ($this->command === null) {
            return self::notSent('no --message-command');
        }
        $process = proc_open($this->command, [0 => ['pipe', 'r'], 1 => STDERR, 2 => STDERR], $pipes);
        if (!is_resource($process)) {
            return self::notSent('the message command does not start');
        }
        fwrite($pipes[0], json_encode($message, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE));
        fclose($pipes[0]);
        $status = proc_close($process);

        return $status === 0
            ? ['response' => ['status' => 200]]
            : self::notSent("the message command ended with $status");
    }

    /** @return array<string, mixed> */
    private static function notSent(string $message): array
    {
        return ['failure' => ['kind' => 'not_sent', 'message' => $message]];
    }
}
