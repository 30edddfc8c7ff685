// Virtual time as the blocks ask for it: nanoseconds since power on. For Renode 1.16.1; C# 7.

using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    public static class VirtualTime
    {
        /// The present: that of the instruction which makes the access, where one does.
        public static ulong Now(IMachine machine)
        {
            ICPU cpu;
            if(machine.SystemBus.TryGetCurrentCPU(out cpu)) { cpu.SyncTime(); }
            return machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds;
        }

        /// Lets the core whose access this is sleep until `time`; interrupts and timers come in theirs.
        /// For firmware that reads a status register over and over: what it waits for comes then.
        public static void CarryOn(IMachine machine, ulong time)
        {
            ICPU cpu;
            if(time == Never || !machine.SystemBus.TryGetCurrentCPU(out cpu)) { return; }
            var core = cpu as BaseCPU;
            var now = Now(machine);
            // One instruction lasts 1.7 ns, and SkipTime rounds down.
            if(core != null && time > now) { core.SkipTime(TimeInterval.FromNanoseconds(time - now + 2)); }
        }

        /// So many cycles of a clock, rounded up.
        public static ulong Cycles(ulong count, ulong hz)
        {
            return (count * 1000000000 + hz - 1) / hz;
        }

        public const ulong Never = ulong.MaxValue;
    }

    /// Tells whether firmware looks at a status again that has nothing new to say.
    public class Polling
    {
        public void News()
        {
            news = true;
        }

        /// Called at each look; true from the second on that finds nothing new.
        public bool NothingNew()
        {
            var nothing = !news;
            news = false;
            return nothing;
        }

        private bool news = true;
    }

    /// Calls an action at one moment; setting it anew forgets the moment before.
    public class Alarm
    {
        public Alarm(IMachine machine, Action ring)
        {
            this.machine = machine;
            this.ring = ring;
            Due = VirtualTime.Never;
        }

        /// When it rings, `VirtualTime.Never` while it is not set.
        public ulong Due { get; private set; }

        public void Set(ulong time)
        {
            if(time == Due) { return; }
            Due = time;
            var mine = ++generation;
            var now = VirtualTime.Now(machine);
            machine.ScheduleAction(TimeInterval.FromNanoseconds(time > now ? time - now : 0), _ =>
            {
                if(mine == generation) { Ring(); }
            });
        }

        public void Cancel()
        {
            generation++;
            Due = VirtualTime.Never;
        }

        private void Ring()
        {
            Due = VirtualTime.Never;
            ring();
        }

        private int generation;
        private readonly IMachine machine;
        private readonly Action ring;
    }
}
