// Stand-ins for Renode's peripheral interfaces and base classes, release 1.16.1 (see RenodeCore.cs).

using System;
using System.Collections.Generic;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Core.Structure
{
    public class NumberRegistrationPoint<T>
    {
        public NumberRegistrationPoint(T address) { Address = address; }
        public T Address { get; private set; }
    }

    public abstract class SimpleContainerBase<T> where T : Antmicro.Renode.Peripherals.IPeripheral
    {
        public virtual void Register(T peripheral, NumberRegistrationPoint<int> registrationPoint)
        {
            if(ChildCollection.ContainsKey(registrationPoint.Address))
            {
                throw new RegistrationException("The specified registration point is already in use.");
            }
            ChildCollection.Add(registrationPoint.Address, peripheral);
        }

        protected bool TryGetByAddress(int address, out T peripheral) { return ChildCollection.TryGetValue(address, out peripheral); }
        protected SimpleContainerBase() { ChildCollection = new Dictionary<int, T>(); }
        protected Dictionary<int, T> ChildCollection;
    }

    public abstract class SimpleContainer<T> : SimpleContainerBase<T>, Antmicro.Renode.Peripherals.IPeripheral
        where T : Antmicro.Renode.Peripherals.IPeripheral
    {
        public abstract void Reset();
        protected SimpleContainer(IMachine machine) { this.machine = machine; }
        protected readonly IMachine machine;
    }
}

namespace Antmicro.Renode.Peripherals
{
    public interface IPeripheral : IEmulationElement
    {
        void Reset();
    }

    public interface IKnownSize : Bus.IBusPeripheral
    {
        long Size { get; }
    }
}

namespace Antmicro.Renode.Peripherals.Bus
{
    public interface IBusPeripheral : IPeripheral { }

    public interface IBytePeripheral : IBusPeripheral
    {
        byte ReadByte(long offset);
        void WriteByte(long offset, byte value);
    }

    public interface IWordPeripheral : IBusPeripheral
    {
        ushort ReadWord(long offset);
        void WriteWord(long offset, ushort value);
    }

    public interface IDoubleWordPeripheral : IBusPeripheral
    {
        uint ReadDoubleWord(long offset);
        void WriteDoubleWord(long offset, uint value);
    }

    // In Renode a larger interface; SystemBus implements it.
    public interface IBusController : IPeripheral
    {
        bool TryGetCurrentCPU(out CPU.ICPU cpu);
        byte ReadByte(ulong address, IPeripheral context = null, ulong? cpuState = null);
        void WriteByte(ulong address, byte value, IPeripheral context = null, ulong? cpuState = null);
        ushort ReadWord(ulong address, IPeripheral context = null, ulong? cpuState = null);
        void WriteWord(ulong address, ushort value, IPeripheral context = null, ulong? cpuState = null);
        uint ReadDoubleWord(ulong address, IPeripheral context = null, ulong? cpuState = null);
        void WriteDoubleWord(ulong address, uint value, IPeripheral context = null, ulong? cpuState = null);
        byte[] ReadBytes(ulong address, int count, bool onlyMemory = false, IPeripheral context = null);
    }

    [Flags]
    public enum AllowedTranslation
    {
        ByteToWord = 1 << 0,
        ByteToDoubleWord = 1 << 1,
        WordToByte = 1 << 3,
        WordToDoubleWord = 1 << 4,
        DoubleWordToByte = 1 << 6,
        DoubleWordToWord = 1 << 7,
    }

    [AttributeUsage(AttributeTargets.Class)]
    public class AllowedTranslationsAttribute : Attribute
    {
        public AllowedTranslationsAttribute(AllowedTranslation allowedTranslations) { AllowedTranslations = allowedTranslations; }
        public AllowedTranslation AllowedTranslations { get; private set; }
    }
}

namespace Antmicro.Renode.Peripherals.Memory
{
    public sealed class MappedMemory : IPeripheral
    {
        public MappedMemory(IMachine machine, long size, int? segmentSize = null, string sharedMemoryFileRoot = null)
        {
            bytes = new byte[size];
        }

        public void Reset() { }

        public void SetRange(long rangeStart, long rangeLength, byte value)
        {
            for(var i = 0L; i < rangeLength; i++) { bytes[rangeStart + i] = value; }
        }

        public byte[] ReadBytes(long offset, int count, IPeripheral context = null)
        {
            return bytes.Skip((int)offset).Take(count).ToArray();
        }

        public void WriteBytes(long offset, byte[] value) { value.CopyTo(bytes, offset); }

        public long Size { get { return bytes.Length; } }

        private readonly byte[] bytes;
    }
}

namespace Antmicro.Renode.Peripherals.SPI
{
    public interface ISPIPeripheral : IPeripheral
    {
        byte Transmit(byte data);
        void FinishTransmission();
    }
}

namespace Antmicro.Renode.Peripherals.I2C
{
    public interface II2CPeripheral : IPeripheral
    {
        void Write(byte[] data);
        byte[] Read(int count = 1);
        void FinishTransmission();
    }
}

namespace Antmicro.Renode.Peripherals.CPU
{
    // In Renode a larger interface.
    public interface ICPU : IPeripheral
    {
        void SyncTime();
    }
}

namespace Antmicro.Renode.Peripherals.GPIOPort
{
    public abstract class BaseGPIOPort : INumberedGPIOOutput, IPeripheral, IGPIOReceiver
    {
        public virtual void OnGPIO(int number, bool value)
        {
            if(!CheckPinNumber(number)) { return; }
            State[number] = value;
        }

        public virtual void Reset()
        {
            foreach(var connection in Connections.Values) { connection.Unset(); }
            for(var i = 0; i < State.Length; ++i) { State[i] = false; }
        }

        public IReadOnlyDictionary<int, IGPIO> Connections { get; private set; }

        protected BaseGPIOPort(IMachine machine, int numberOfConnections)
        {
            this.machine = machine;
            NumberOfConnections = numberOfConnections;
            State = new bool[numberOfConnections];
            Connections = Enumerable.Range(0, numberOfConnections).ToDictionary(i => i, i => (IGPIO)new GPIO());
        }

        protected bool CheckPinNumber(int number) { return number >= 0 && number < NumberOfConnections; }

        protected bool[] State;
        protected readonly int NumberOfConnections;
        protected readonly IMachine machine;
    }
}

namespace Antmicro.Renode.Peripherals.Timers
{
    public class LimitTimer
    {
        public LimitTimer(IClockSource clockSource, ulong frequency, IPeripheral owner, string localName, ulong limit = ulong.MaxValue, Direction direction = Direction.Descending, bool enabled = false, WorkMode workMode = WorkMode.Periodic, bool eventEnabled = false, bool autoUpdate = false, ulong divider = 1)
        {
            if(frequency <= 0 || limit <= 0 || divider <= 0)
            {
                throw new ConstructionException("Frequency, limit and divider must be greater than 0");
            }
            clock = (StandInClock)clockSource;
            initial = Tuple.Create(frequency, limit, direction, enabled, workMode, eventEnabled, divider);
            clock.Timers.Add(this);
            Reset();
        }

        public virtual void Reset()
        {
            frequency = initial.Item1;
            period = initial.Item2;
            Direction = initial.Item3;
            enabled = initial.Item4;
            Mode = initial.Item5;
            EventEnabled = initial.Item6;
            divider = initial.Item7;
            Value = Direction == Direction.Ascending ? 0 : period;
        }

        public void ResetValue() { Value = Direction == Direction.Ascending ? 0 : period; }

        public ulong Value
        {
            get
            {
                if(!enabled) { return value; }
                var passed = (ulong)((decimal)(clock.Now - since) * frequency / divider / 1000000000);
                return Direction == Direction.Ascending ? Math.Min(value + passed, period) : value - Math.Min(passed, value);
            }
            set { this.value = value; since = clock.Now; }
        }

        public ulong Limit { get { return period; } set { Hold(); period = value; } }
        public ulong Frequency { get { return frequency; } set { Hold(); frequency = value; } }
        public ulong Divider { get { return divider; } set { Hold(); divider = value; } }
        public virtual bool Enabled { get { return enabled; } set { Hold(); enabled = value; } }
        public bool EventEnabled { get; set; }
        public WorkMode Mode { get; set; }
        public Direction Direction { get; set; }
        public event Action LimitReached;

        // What the stand-in clock asks.
        public ulong Due
        {
            get
            {
                if(!enabled) { return ulong.MaxValue; }
                var left = Direction == Direction.Ascending ? (period > value ? period - value : 0) : value;
                var nanoseconds = decimal.Ceiling((decimal)left * divider * 1000000000 / frequency) + since;
                return nanoseconds > ulong.MaxValue ? ulong.MaxValue : (ulong)nanoseconds;
            }
        }

        public void Expire()
        {
            Value = Direction == Direction.Ascending ? 0 : period;
            if(Mode == WorkMode.OneShot) { enabled = false; }
            if(EventEnabled && LimitReached != null) { LimitReached(); }
        }

        private void Hold() { Value = Value; }

        private ulong frequency, divider, period, value, since;
        private bool enabled;
        private readonly StandInClock clock;
        private readonly Tuple<ulong, ulong, Direction, bool, WorkMode, bool, ulong> initial;
    }
}

namespace Antmicro.Renode.Peripherals.UART
{
    public interface IUART<T> : IPeripheral
    {
        event Action<T> CharReceived;
        void WriteChar(T value);
        uint BaudRate { get; }
    }

    public interface IUART : IUART<byte> { }

    // In Renode a full model: here what a derived class can see of it, and a memory of the accesses.
    public class NXP_LPUART : IUART, Bus.IBytePeripheral, Bus.IDoubleWordPeripheral, IKnownSize
    {
        public NXP_LPUART(IMachine machine, long frequency = 8000000, bool hasGlobalRegisters = true, bool hasFifoRegisters = true, uint fifoSize = 256, bool separateIRQs = false)
        {
            IRQ = new GPIO();
        }

        public virtual void Reset() { Registers.Clear(); Received.Clear(); }
        public byte ReadByte(long offset) { return (byte)ReadDoubleWord(offset); }
        public void WriteByte(long offset, byte value) { WriteDoubleWord(offset, value); }

        public uint ReadDoubleWord(long offset)
        {
            uint value;
            Accesses.Add(string.Format("r{0:X}", offset));
            Registers.TryGetValue(offset, out value);
            return value;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Accesses.Add(string.Format("w{0:X}={1:X}", offset, value));
            Registers[offset] = value;
            if(offset == 0x1C && CharReceived != null) { CharReceived((byte)value); }
        }

        public virtual void WriteChar(byte data) { Received.Add(data); }
        public virtual uint BaudRate { get { return 115200; } }
        public long Size { get { return 0x800; } }
        public GPIO IRQ { get; private set; }
        public event Action<byte> CharReceived;

        public readonly List<byte> Received = new List<byte>();
        public readonly List<string> Accesses = new List<string>();
        public readonly Dictionary<long, uint> Registers = new Dictionary<long, uint>();
    }
}
