<?php

declare(strict_types=1);

namespace Kameng;

/**
 * Does what is due: the engine has no threads and no sockets, so its jobs run in system.run_due,
 * and its outgoing calls are leased with outbox.pull and answered with outbox.done. Any number of
 * workers may run beside each other.
 */
final class Worker
{
    private const HOST = ['as' => 'host'];

    public function __construct(
        private readonly Engine $engine,
        private readonly HttpSender $sender,
        private readonly MessageCommand $messages = new MessageCommand(),
    ) {
    }

    /** Everything that is due now, once. Returns how many outgoing calls were sent. */
    public function turn(int $budgetMs = 1000): int
    {
        $this->engine->call('system.run_due', ['budget_ms' => $budgetMs], self::HOST);
        $sent = 0;
        while (($calls = $this->engine->call('outbox.pull', [], self::HOST)['calls']) !== []) {
            foreach ($calls as $call) {
                $outcome = isset($call['message'])
                    ? $this->messages->send($call['message'])
                    : $this->sender->send($call);
                $this->engine->call('outbox.done', ['call_id' => $call['call_id']] + $outcome, self::HOST);
                $sent++;
            }
        }

        return $sent;
    }
}
